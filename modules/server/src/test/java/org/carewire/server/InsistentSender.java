package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;

/** Sends to one room, and sends again, in order, what a lost connection left unacknowledged. */
final class InsistentSender {
  private final String user;
  private final String room;

  /** The offsets that were acknowledged, by the names of the messages. */
  private final Map<String, Long> acknowledged = new LinkedHashMap<>();

  private final Map<String, CompletableFuture<JsonNode>> unacknowledged = new LinkedHashMap<>();
  private TestClient client;
  private int sent;

  InsistentSender(String user, String room, URI server) {
    this.user = user;
    this.room = room;
    this.client = open(server);
  }

  String room() {
    return room;
  }

  private TestClient open(URI server) {
    TestClient opened = WebSocketTestClient.TRANSPORT.open(server);
    opened.hello(Tokens.provider(user));
    return opened;
  }

  void sendNext() {
    sent++;
    send("m" + sent);
  }

  private void send(String name) {
    unacknowledged.put(
        name,
        client.ask(
            "message:send",
            object("roomId", room, "message", "text of " + name, "clientMessageId", name)));
  }

  /** How many replies have come. */
  int answers() {
    return (int) unacknowledged.values().stream().filter(CompletableFuture::isDone).count();
  }

  /** A round trip: what the server had for this session before, has come. */
  void fence() {
    client.fence();
  }

  /** The connection is lost: notes what was acknowledged by it. */
  void awaitEnd() {
    var replies = unacknowledged.values().toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(replies)
        .exceptionally(_ -> null)
        .orTimeout(TestClient.DEADLINE.toSeconds(), TimeUnit.SECONDS)
        .join();
    unacknowledged
        .entrySet()
        .removeIf(
            message ->
                !message.getValue().isCompletedExceptionally()
                    && isAcknowledged(message.getKey(), message.getValue().join()));
  }

  private boolean isAcknowledged(String name, JsonNode reply) {
    if (!Replies.isOk(reply)) {
      return false;
    }
    JsonNode message = reply.get("message");
    assertThat(message.get("clientMessageId").asText()).isEqualTo(name);
    acknowledged.put(name, message.get("offset").asLong());
    return true;
  }

  /** Connects anew and sends everything again that was not acknowledged, until it is. */
  void returnTo(URI server) {
    client = open(server);
    List.copyOf(unacknowledged.keySet()).forEach(this::send);
    unacknowledged.forEach(
        (name, reply) -> assertThat(isAcknowledged(name, TestClient.await(reply))).isTrue());
    unacknowledged.clear();
  }

  /** Each message is in the log once, where its acknowledgement said, in the order of sending. */
  void assertStored(StoredEntries log) {
    var stored = new LinkedHashMap<String, Long>();
    for (StoredEntries.Row row : log.rows()) {
      if (row.sender().equals(user)) {
        assertThat(stored.put(row.clientMessageId(), row.offset())).isNull();
      }
    }
    assertThat(new ArrayList<>(stored.keySet()))
        .isEqualTo(IntStream.rangeClosed(1, sent).mapToObj(i -> "m" + i).toList());
    assertThat(stored).isEqualTo(acknowledged);
  }
}
