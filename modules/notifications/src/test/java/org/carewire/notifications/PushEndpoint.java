package org.carewire.notifications;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A real HTTP server that takes pushes, or does not. */
final class PushEndpoint {
  private static final long DEADLINE_SECONDS = 20;

  /** What has come. */
  record Received(String path, MultiMap headers, Buffer body) {}

  /**
   * How it answers.
   *
   * @param status 0 where it hangs
   */
  record Answer(int status, MultiMap headers) {
    static Answer of(int status) {
      return new Answer(status, MultiMap.caseInsensitiveMultiMap());
    }

    Answer with(String name, String value) {
      headers.add(name, value);
      return this;
    }
  }

  static final Answer HANG = Answer.of(0);

  private final HttpServer server;
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final Queue<HttpServerRequest> hanging = new ConcurrentLinkedQueue<>();
  private final Queue<Answer> next = new ConcurrentLinkedQueue<>();
  private volatile Answer answer = Answer.of(201);

  PushEndpoint(Vertx vertx) {
    server =
        PushScene.await(vertx.createHttpServer().requestHandler(this::take).listen(0, "127.0.0.1"));
  }

  private void take(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              Answer scripted = next.poll();
              Answer now = scripted == null ? answer : scripted;
              if (now.status() == 0) {
                hanging.add(request);
              }
              received.add(new Received(request.path(), request.headers(), body));
              if (now.status() != 0) {
                request.response().headers().addAll(now.headers());
                request.response().setStatusCode(now.status()).end();
              }
            });
  }

  String origin() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  /** From now on. */
  void answers(Answer always) {
    answer = always;
  }

  /** Before it answers as always. */
  void answersNext(Answer... answers) {
    next.addAll(List.of(answers));
  }

  /** What hangs is answered. */
  void comesBack() {
    answer = Answer.of(201);
    for (HttpServerRequest one = hanging.poll(); one != null; one = hanging.poll()) {
      one.response().setStatusCode(201).end();
    }
  }

  Received next() {
    try {
      Received one = received.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      if (one == null) {
        throw new AssertionError("Nothing was pushed");
      }
      return one;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  List<Received> next(int number) {
    var all = new ArrayList<Received>();
    while (all.size() < number) {
      all.add(next());
    }
    return all;
  }

  boolean hasMore() {
    return !received.isEmpty();
  }
}
