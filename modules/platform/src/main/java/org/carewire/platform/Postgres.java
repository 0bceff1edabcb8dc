package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.ClientBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The pool of connections to PostgreSQL. */
public final class Postgres {
  private static final int ACQUIRE_TIMEOUT_MS = 3_000;
  private static final int MAX_WAITING = 2_000;
  private static final String STATEMENT_TIMEOUT = "10s";

  /**
   * A connection on which nothing comes for so long is given up: longer than any statement takes,
   * so its other end is gone without a word.
   */
  private static final int SILENT_SECONDS = 15;

  /** One that nobody has used for so long is closed. */
  private static final int UNUSED_SECONDS = 10;

  private static final int WATCHED_SILENT_SECONDS = 2;
  private static final String LOCK_TIMEOUT = "4s";
  private static final int PIPELINED = 64;

  /** More than there are: what falls out is parsed and planned anew. */
  private static final int CACHED_STATEMENTS = 256;

  private Postgres() {}

  /**
   * The pool; where there are several servers, to the primary, whichever it is. Then it blocks for
   * a moment, to find it.
   */
  public static Pool pool(Vertx vertx, PostgresConfig config) {
    return config.servers().size() == 1
        ? pool(vertx, config, config.servers().getFirst())
        : PrimaryPool.open(vertx, config);
  }

  private static Pool pool(Vertx vertx, PostgresConfig config, ServerAddress server) {
    return builder(vertx, config, server).build();
  }

  /** What makes a pool to one server. */
  static ClientBuilder<Pool> builder(Vertx vertx, PostgresConfig config, ServerAddress server) {
    return builder(
        vertx,
        connectOptions(config, server),
        SILENT_SECONDS,
        new PoolOptions()
            .setName("postgres")
            .setMaxSize(config.poolSize())
            .setMaxWaitQueueSize(MAX_WAITING)
            .setConnectionTimeout(ACQUIRE_TIMEOUT_MS)
            .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
            // Before it is given up, just when somebody asks something.
            .setIdleTimeout(UNUSED_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS));
  }

  /** One connection to a server, on which something is asked all the time. */
  static Pool watch(Vertx vertx, PostgresConfig config, ServerAddress server) {
    return builder(
            vertx,
            connectOptions(config, server),
            WATCHED_SILENT_SECONDS,
            new PoolOptions().setName("postgres-watch").setMaxSize(1).setMaxWaitQueueSize(1))
        .build();
  }

  private static ClientBuilder<Pool> builder(
      Vertx vertx, PgConnectOptions server, int silentSeconds, PoolOptions options) {
    return PgBuilder.pool()
        .using(vertx)
        .connectingTo(server)
        .with(
            Sockets.failingFast()
                .setReadIdleTimeout(silentSeconds)
                .setIdleTimeoutUnit(TimeUnit.SECONDS))
        .with(options);
  }

  private static PgConnectOptions connectOptions(PostgresConfig config, ServerAddress server) {
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(server.host())
            .setPort(server.port())
            .setDatabase(config.database())
            .setUser(config.user())
            .setPassword(config.password())
            .setPipeliningLimit(PIPELINED)
            .setCachePreparedStatements(true)
            .setPreparedStatementCacheMaxSize(CACHED_STATEMENTS)
            // Those of more than 2,048 characters too, which cost most to plan.
            .setPreparedStatementCacheSqlFilter(_ -> true)
            .setSslMode(sslMode(config.tls()));
    options
        .addProperty("application_name", "carewire")
        .addProperty("statement_timeout", STATEMENT_TIMEOUT)
        .addProperty("lock_timeout", LOCK_TIMEOUT)
        // Plans are made once, so they must do for tables that grow: never by reading all of one.
        .addProperty("plan_cache_mode", "force_generic_plan")
        .addProperty("enable_seqscan", "off")
        .addProperty("jit", "off")
        .addProperty("idle_in_transaction_session_timeout", STATEMENT_TIMEOUT);
    if (config.tls() != PostgresConfig.Tls.DISABLE) {
      boolean verify = config.tls() == PostgresConfig.Tls.VERIFY_FULL;
      options.setSslOptions(
          new ClientSSLOptions()
              .setTrustAll(!verify)
              .setHostnameVerificationAlgorithm(verify ? "HTTPS" : ""));
    }
    return options;
  }

  private static SslMode sslMode(PostgresConfig.Tls tls) {
    return switch (tls) {
      case DISABLE -> SslMode.DISABLE;
      case REQUIRE -> SslMode.REQUIRE;
      case VERIFY_FULL -> SslMode.VERIFY_FULL;
    };
  }

  /**
   * Runs {@code work} in a transaction, again from its start where PostgreSQL broke a deadlock or
   * could not serialise it.
   */
  public static <T> Future<T> transaction(Pool pool, Function<SqlConnection, Future<T>> work) {
    return transaction(pool, work, Conflicts.ATTEMPTS);
  }

  private static <T> Future<T> transaction(
      Pool pool, Function<SqlConnection, Future<T>> work, int attemptsLeft) {
    return pool.withTransaction(work)
        .recover(
            failure ->
                attemptsLeft > 1 && Conflicts.is(failure)
                    ? transaction(pool, work, attemptsLeft - 1)
                    : Future.failedFuture(failure));
  }
}
