package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;

/** A node that goes says so, and sends its clients away to come back. */
class DrainTest {
  @Test
  void drainIsAnnouncedAtEveryEntranceBeforeTheClose() throws Exception {
    Map<Entrance, TestClient> clients = new EnumMap<>(Entrance.class);
    TestNode node = TestNode.start();
    for (Entrance entrance : Entrance.values()) {
      TestClient client = Described.by(entrance.transport()).open(node.http());
      client.hello(Tokens.patient(newId("ann")));
      clients.put(entrance, client);
    }

    CompletableFuture<Void> going = CompletableFuture.runAsync(node::close);

    clients.forEach(
        (entrance, client) -> {
          JsonNode shutdown = client.next("server:shutdown");
          assertThat(shutdown.get("reconnectAfterMs").asLong()).as("%s", entrance).isPositive();
          assertThat(shutdown.get("reason").asText()).isNotBlank();
          assertThat(client.awaitClose()).as("%s", entrance).isEqualTo(1012);
        });
    going.get(30, TimeUnit.SECONDS);
  }

  @Test
  void nodeSaysThatItIsNotReadyBeforeItSendsAnybodyAway() throws Exception {
    TestNode node = TestNode.start(Map.of("node.drainDelay", "1s"));
    TestClient client = Entrance.WEBSOCKET.transport().open(node.http());
    client.hello(Tokens.patient(newId("ann")));
    assertThat(readiness(node)).isEqualTo(200);

    CompletableFuture<Void> going = CompletableFuture.runAsync(node::close);

    await(() -> readiness(node) == 503);
    client.fence();
    client.next("server:shutdown");
    going.get(30, TimeUnit.SECONDS);
  }

  private static int readiness(TestNode node) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(node.management().resolve("/health/ready")).build();
      return http.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TestClient.DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
  }
}
