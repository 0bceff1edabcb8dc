package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.platform.Awaiting.await;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.carewire.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PreparedStatementsTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void aLongStatementIsPlannedOnce() {
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
    SqlConnection connection = await(pool.getConnection());
    String statement = "select $1::text /* " + "long ".repeat(1_000) + "*/";

    await(connection.preparedQuery(statement).execute(Tuple.of("first")));
    await(connection.preparedQuery(statement).execute(Tuple.of("second")));

    var uses =
        await(
            connection
                .query(
                    "select generic_plans + custom_plans as uses from pg_prepared_statements"
                        + " where statement like '%long long%'")
                .execute());
    assertThat(uses).extracting(row -> row.getLong("uses")).containsExactly(2L);
    await(connection.close());
  }
}
