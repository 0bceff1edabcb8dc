package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.platform.Awaiting.await;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.carewire.testkit.PrivatePostgres;
import org.carewire.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A primary and its standby, which take turns. */
class PrimaryPoolTest {
  private static final Duration LIMIT = Duration.ofSeconds(4);
  private static final long LOOKED_TWICE_MS = 1_200;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void thePrimaryIsFoundAndFollowedWhetherTheFormerOneHangsOrComesBack(@TempDir Path folder) {
    try (var first = PrivatePostgres.start(folder.resolve("first"));
        var second = first.standby(folder.resolve("second"))) {
      Migrations.run(config(second, first));
      Pool pool = Postgres.pool(vertx, config(second, first));
      assertThat(port(pool)).isEqualTo(port(first));
      assertThat(untilWritten(pool, first)).isLessThan(LIMIT);

      first.pause();
      second.promote();
      assertThat(untilWritten(pool, second)).isLessThan(LIMIT);

      first.resume();
      Pool late = Postgres.pool(vertx, config(first, second));
      assertThat(port(late)).isEqualTo(port(second));
      await(late.close());
      assertThat(port(pool)).isEqualTo(port(second));

      // There is no primary then, as what is on an earlier timeline is none.
      first.commitAlone();
      second.readOnly(true);
      await(vertx.timer(LOOKED_TWICE_MS));
      assertThat(port(pool)).isEqualTo(port(second));
      second.readOnly(false);
      assertThat(untilWritten(pool, second)).isLessThan(LIMIT);
      await(pool.close());
    }
  }

  private static PostgresConfig config(PrivatePostgres... servers) {
    TestPostgres.Database database = servers[0].database();
    return new PostgresConfig(
        Stream.of(servers).map(server -> new ServerAddress("127.0.0.1", port(server))).toList(),
        database.database(),
        database.user(),
        database.password(),
        PostgresConfig.Tls.DISABLE,
        4);
  }

  private static int port(PrivatePostgres server) {
    return server.database().port();
  }

  private static int port(Pool pool) {
    return await(pool.query("select inet_server_port()").execute()).iterator().next().getInteger(0);
  }

  /** Writes through the pool until that succeeds at a server; answers how long it took. */
  private Duration untilWritten(Pool pool, PrivatePostgres server) {
    long start = System.nanoTime();
    while (!await(
        pool.preparedQuery(
                "insert into audit (at, action, subject) values (now(), 'a', 'b')"
                    + " returning inet_server_port()")
            .execute()
            .map(rows -> rows.iterator().next().getInteger(0) == port(server))
            .otherwise(false))) {
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
      await(vertx.timer(20));
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
