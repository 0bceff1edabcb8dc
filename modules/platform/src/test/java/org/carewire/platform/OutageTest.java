package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.platform.Awaiting.await;
import static org.carewire.platform.Awaiting.failure;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.List;
import org.carewire.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutageTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void waitingForAConnectionInVainIsOne() {
    TestPostgres.Database database = TestPostgres.newDatabase();
    Pool pool =
        Postgres.pool(
            vertx,
            new PostgresConfig(
                List.of(new ServerAddress(database.host(), database.port())),
                database.database(),
                database.user(),
                database.password(),
                PostgresConfig.Tls.DISABLE,
                1));
    var only = await(pool.getConnection());

    Throwable failure = failure(pool.query("select 1").execute());

    assertThat(Outage.is(failure)).as("%s", failure).isTrue();
    await(only.close());
  }

  @Test
  void aFaultOfOursIsNone() {
    assertThat(Outage.is(new IllegalStateException("Timeout of nothing"))).isFalse();
  }
}
