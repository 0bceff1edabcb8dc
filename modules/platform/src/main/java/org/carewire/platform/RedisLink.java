package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VertxException;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one Redis server, which all commands share: they are sent at once, one after
 * the other, and answered in that order. It is opened when it is needed, and anew where it was lost
 * or its other end says nothing any more. Used on one context only.
 */
final class RedisLink {
  private static final int MAX_UNANSWERED = 10_000;
  private static final int MAX_SILENT_TICKS = 4;

  /** What has become of one attempt to connect. */
  private static final class Line {
    final Redis client;
    final Promise<RedisConnection> connection;
    int unanswered;
    long answers;
    long answersByTick;
    int silentTicks;
    boolean refused;

    Line(Redis client, Promise<RedisConnection> connection) {
      this.client = client;
      this.connection = connection;
    }
  }

  private final ContextInternal context;
  private final String uri;
  private final Runnable onTrouble;
  private @Nullable Line line;

  /**
   * Makes one that is not open yet.
   *
   * @param onTrouble run where the server cannot be reached or was lost
   */
  RedisLink(ContextInternal context, String uri, Runnable onTrouble) {
    this.context = context;
    this.uri = uri;
    this.onTrouble = onTrouble;
  }

  Future<Response> send(Request request) {
    return use(1, connection -> connection.send(request));
  }

  /** Sends all in one piece. The failure of one is that of all, and has lost its kind. */
  Future<List<Response>> batch(List<Request> requests) {
    return use(requests.size(), connection -> connection.batch(requests));
  }

  private <T> Future<T> use(int commands, Function<RedisConnection, Future<T>> command) {
    Line used = open();
    if (used.unanswered + commands > MAX_UNANSWERED) {
      return Future.failedFuture(new VertxException("Too much waits for Redis", true));
    }
    used.unanswered += commands;
    return used.connection
        .future()
        .compose(command)
        .onComplete(
            _ -> {
              used.unanswered -= commands;
              used.answers++;
            });
  }

  private Line open() {
    if (line != null) {
      return line;
    }
    Redis client = Redis.createClient(context.owner(), options());
    var opened = new Line(client, context.promise());
    line = opened;
    client
        .connect()
        .onSuccess(
            connection -> {
              connection.endHandler(_ -> lose(opened));
              connection.exceptionHandler(_ -> lose(opened));
              opened.connection.tryComplete(connection);
            })
        .onFailure(
            failure -> {
              // Who is not there is not asked again by each command, but by the next tick.
              opened.refused = true;
              opened.connection.tryFail(failure);
              client.close();
              onTrouble.run();
            });
    return opened;
  }

  private RedisOptions options() {
    NetClientOptions sockets = Sockets.failingFast();
    if (uri.startsWith("rediss:")) {
      sockets.setHostnameVerificationAlgorithm("HTTPS");
    }
    return new RedisOptions()
        .setConnectionString(uri)
        .setNetClientOptions(sockets)
        .setPoolName("redis")
        .setMaxPoolSize(1)
        .setMaxWaitingHandlers(MAX_UNANSWERED);
  }

  private void lose(Line lost) {
    if (line == lost) {
      line = null;
      onTrouble.run();
    }
    lost.connection.tryFail(new VertxException("The connection to Redis was lost", true));
    lost.client.close();
  }

  /** Four times a second. */
  void tick() {
    Line watched = line;
    if (watched == null) {
      return;
    }
    if (watched.refused) {
      line = null;
      return;
    }
    boolean silent = watched.unanswered > 0 && watched.answers == watched.answersByTick;
    watched.silentTicks = silent ? watched.silentTicks + 1 : 0;
    watched.answersByTick = watched.answers;
    if (watched.silentTicks >= MAX_SILENT_TICKS) {
      lose(watched);
    }
  }

  void close() {
    Line closed = line;
    line = null;
    if (closed != null) {
      lose(closed);
    }
  }
}
