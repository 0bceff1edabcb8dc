package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
}
