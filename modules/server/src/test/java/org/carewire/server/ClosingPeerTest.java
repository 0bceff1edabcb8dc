package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.carewire.testkit.RawWebSocket;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.Test;

/** A peer that has said goodbye, but does not read what is on its way, disturbs nobody. */
class ClosingPeerTest {
  private static final int CLOSE = 8;
  private static final int MESSAGES = 700;

  /** So many that some are served after it. */
  private static final int READERS = 10;

  /** All of them together are more than the kernel holds. */
  private static final String TEXT = "x".repeat(8_000);

  @Test
  void othersGetEverythingWhileItLingers() {
    Map<String, String> settings =
        Map.of(
            "limits.queuedBytes", "16000000",
            "limits.messageBurst", "100000",
            "limits.requestBurst", "100000");
    try (Clinic clinic = Clinic.open(WebSocketTestClient.TRANSPORT, settings)) {
      String ann = newId("ann");
      String doc = newId("doc");
      String room = "visit:" + clinic.visit(ann, doc);
      TestClient sender = clinic.patient(ann);
      try (var lingering =
          new RawWebSocket(clinic.node().webSocket(), Map.of(), _ -> {}, _ -> {})) {
        lingering.sendText(
            object("event", "session:hello", "data", object("token", Tokens.provider(doc)))
                .toString());
        List<TestClient> readers =
            IntStream.range(0, READERS).mapToObj(_ -> clinic.provider(doc)).toList();
        send(sender, room, MESSAGES);

        lingering.send(CLOSE, true, ByteBuffer.allocate(2).putShort((short) 1000).array());
        send(sender, room, 10);

        for (TestClient reader : readers) {
          for (int offset = 1; offset <= MESSAGES + 10; offset++) {
            assertThat(reader.next("message:new").get("offset").asInt()).isEqualTo(offset);
          }
        }
      }
    }
  }

  private static void send(TestClient sender, String room, int messages) {
    IntStream.range(0, messages)
        .mapToObj(_ -> sender.ask("message:send", object("roomId", room, "message", TEXT)))
        .toList()
        .forEach(reply -> ok(TestClient.await(reply)));
  }
}
