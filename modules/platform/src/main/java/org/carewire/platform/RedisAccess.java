package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Redis, where nothing lives that cannot be rebuilt; a command that takes long has failed. */
public final class RedisAccess {
  private static final long TIMEOUT_MS = 1_000;
  private static final int CONNECTIONS = 4;
  private static final int MAX_WAITING = 10_000;

  private final Redis redis;

  public RedisAccess(Vertx vertx, String uri) {
    this.redis =
        Redis.createClient(
            vertx,
            new RedisOptions()
                .setConnectionString(uri)
                .setNetClientOptions(Sockets.failingFast())
                .setMaxPoolSize(CONNECTIONS)
                .setMaxPoolWaiting(MAX_WAITING)
                .setMaxWaitingHandlers(MAX_WAITING));
  }

  public Future<Response> send(Command command, String... arguments) {
    Request request = Request.cmd(command);
    for (String argument : arguments) {
      request.arg(argument);
    }
    return redis.send(request).timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS);
  }

  /** Sends many commands at once; answers in their order, and fails where one does. */
  Future<List<Response>> sendAll(List<Request> requests) {
    return redis.batch(requests).timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS);
  }

  public Future<Void> close() {
    redis.close();
    return Future.succeededFuture();
  }
}
