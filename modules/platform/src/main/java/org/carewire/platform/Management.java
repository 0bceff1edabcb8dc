package org.carewire.platform;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.healthchecks.HealthChecks;
import io.vertx.ext.healthchecks.Status;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.healthchecks.HealthCheckHandler;
import io.vertx.redis.client.Command;
import io.vertx.sqlclient.Pool;
import java.util.function.BooleanSupplier;

/**
 * The management port: {@code /health/live}, {@code /health/ready} and {@code /metrics}.
 *
 * <p>Live depends on nothing but this process. Ready needs a PostgreSQL that can be written to;
 * without Redis the server does less but serves, so that is only shown. What else is needed, the
 * wiring says.
 */
public final class Management {
  private static final long CHECK_TIMEOUT_MS = 2_000;

  private final Vertx vertx;
  private final ManagementConfig config;
  private final PrometheusMeterRegistry metrics;
  private final HealthChecks ready;

  public Management(
      Vertx vertx,
      ManagementConfig config,
      PrometheusMeterRegistry metrics,
      Pool pool,
      RedisAccess redis) {
    this.vertx = vertx;
    this.config = config;
    this.metrics = metrics;
    this.ready =
        HealthChecks.create(vertx)
            .register(
                "postgres",
                CHECK_TIMEOUT_MS,
                check ->
                    pool.query("show transaction_read_only")
                        .execute()
                        .map(
                            rows ->
                                rows.iterator().next().getString(0).equals("off")
                                    ? Status.OK()
                                    : Status.KO())
                        .otherwise(Status.KO())
                        .onComplete(check))
            .register(
                "redis",
                CHECK_TIMEOUT_MS,
                check ->
                    redis
                        .send(Command.PING)
                        .map(Status.OK())
                        .otherwise(Status.OK(new JsonObject().put("reachable", false)))
                        .onComplete(check));
  }

  /** Makes readiness need one more thing. */
  public Management needing(String name, BooleanSupplier isThere) {
    ready.register(
        name, check -> check.complete(isThere.getAsBoolean() ? Status.OK() : Status.KO()));
    return this;
  }

  /** Opens the port. */
  public Future<HttpServer> listen() {
    Router router = Router.router(vertx);
    router
        .get("/health/live")
        .handler(request -> request.json(new JsonObject().put("status", "UP")));
    router.get("/health/ready").handler(HealthCheckHandler.createWithHealthChecks(ready));
    router
        .get("/metrics")
        .handler(
            request ->
                request
                    .response()
                    .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                    .end(metrics.scrape()));
    return vertx.createHttpServer().requestHandler(router).listen(config.port(), config.host());
  }
}
