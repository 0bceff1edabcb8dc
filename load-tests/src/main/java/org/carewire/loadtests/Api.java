package org.carewire.loadtests;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.carewire.testkit.Tokens;

/** The HTTP API, as the platform's backend uses it. */
final class Api {
  private static final int AT_ONCE = 16;
  private static final int UNAVAILABLE = 503;
  private static final int ATTEMPTS = 10;
  private static final int AGAIN_MILLIS = 300;

  private final URI server;
  private final String token = Tokens.service();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Api(URI server) {
    this.server = server;
  }

  record Put(String path, String json) {
    static Put visit(String id, String patient, String provider) {
      return new Put(
          "/api/v1/visits/" + id,
          "{\"patientId\":\"%s\",\"providerId\":\"%s\"}".formatted(patient, provider));
    }

    /** With one more, who is staff. */
    static Put visit(String id, String patient, String provider, String desk) {
      return new Put(
          "/api/v1/visits/" + id,
          "{\"patientId\":\"%s\",\"providerId\":\"%s\",\"participants\":[{\"userId\":\"%s\",\"role\":\"provider\"}]}"
              .formatted(patient, provider, desk));
    }

    static Put group(String id, List<String> members) {
      return new Put(
          "/api/v1/groups/" + id, "{\"members\":[\"" + String.join("\",\"", members) + "\"]}");
    }
  }

  /** All of them, some at once. */
  void put(List<Put> puts) throws InterruptedException {
    var free = new Semaphore(AT_ONCE);
    var answers = new CompletableFuture<?>[puts.size()];
    for (int i = 0; i < answers.length; i++) {
      Put put = puts.get(i);
      free.acquire();
      answers[i] = send(put, ATTEMPTS).whenComplete((_, _) -> free.release());
    }
    CompletableFuture.allOf(answers).join();
  }

  /** Again, where the server says that it cannot just now. */
  private CompletableFuture<Void> send(Put put, int attempts) {
    var request =
        HttpRequest.newBuilder(server.resolve(put.path()))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(put.json()))
            .build();
    return http.sendAsync(request, BodyHandlers.ofString())
        .thenCompose(
            answer -> {
              if (answer.statusCode() == UNAVAILABLE && attempts > 1) {
                Executor later =
                    CompletableFuture.delayedExecutor(AGAIN_MILLIS, TimeUnit.MILLISECONDS);
                return CompletableFuture.runAsync(() -> {}, later)
                    .thenCompose(_ -> send(put, attempts - 1));
              }
              require(put, answer);
              return CompletableFuture.completedFuture(null);
            });
  }

  /** Answers with the status. */
  CompletableFuture<Integer> post(String path, String json) {
    var request =
        HttpRequest.newBuilder(server.resolve(path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build();
    return http.sendAsync(request, BodyHandlers.discarding()).thenApply(HttpResponse::statusCode);
  }

  private static void require(Put put, HttpResponse<String> answer) {
    if (answer.statusCode() / 100 != 2) {
      throw new IllegalStateException(put.path() + ": " + answer.statusCode() + answer.body());
    }
  }
}
