package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import java.nio.ByteBuffer;
import java.util.Map;
import org.carewire.testkit.RawWebSocket;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.Test;

/** A peer that has said goodbye, but does not read what is on its way, disturbs nobody. */
class ClosingPeerTest {
  private static final int CLOSE = 8;
  private static final int MESSAGES = 1_500;

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
        TestClient reader = clinic.provider(doc);
        send(sender, room, MESSAGES);

        lingering.send(CLOSE, true, ByteBuffer.allocate(2).putShort((short) 1000).array());
        send(sender, room, 10);

        for (int offset = 1; offset <= MESSAGES + 10; offset++) {
          assertThat(reader.next("message:new").get("offset").asInt()).isEqualTo(offset);
        }
      }
    }
  }

  private static void send(TestClient sender, String room, int messages) {
    for (int i = 0; i < messages; i++) {
      ok(sender.request("message:send", object("roomId", room, "message", TEXT)));
    }
  }
}
