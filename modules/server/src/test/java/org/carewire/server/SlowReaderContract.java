package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.Test;

/** Who does not read is let go, and costs the server no more than its share of memory. */
abstract class SlowReaderContract extends Contract {
  private static final int BATCHES = 24;
  private static final int BATCH = 50;

  /** With the frame around it 8 kB; all of them together 10 MB. */
  private static final String TEXT = "x".repeat(8_000);

  /** More than two batches: what comes while a client that polls asks for the next. */
  private static final int QUEUED_BYTES = 2_000_000;

  /** Bytes. What the kernel's buffers of both sides hold at most, and the server's queue. */
  private static final int MOST_ON_THE_WAY = 8_000_000;

  @Override
  Map<String, String> settings() {
    return Map.of(
        "limits.queuedBytes", Integer.toString(QUEUED_BYTES),
        "session.stallTimeout", "8s",
        "limits.messagesPerSecond", "100000",
        "limits.messageBurst", "100000",
        "limits.requestsPerSecond", "100000",
        "limits.requestBurst", "100000");
  }

  @Test
  void sessionThatDoesNotReadIsClosedAndOthersGetEverything() {
    String ann = newId("ann");
    String doc = newId("doc");
    String room = "visit:" + clinic.visit(ann, doc);
    TestClient sender = clinic.patient(ann);
    TestClient reader = clinic.provider(doc);
    TestClient slow = clinic.provider(doc);
    for (TestClient client : List.of(sender, reader, slow)) {
      ok(client.request("room:join", object("roomId", room)));
    }

    slow.stopReading();
    send(sender, room, BATCHES);

    sender.next(
        "room:userLeft",
        left -> left.get("socketId").asText().equals(slow.socketId()),
        Duration.ofSeconds(30));
    slow.resumeReading();
    assertThat(slow.awaitClose(Duration.ofSeconds(10))).isIn(4413, 1006);
    assertThat(slow.takeAll("message:new").size() * TEXT.length()).isLessThan(MOST_ON_THE_WAY);
    assertHasAll(reader, BATCHES);
  }

  @Test
  void sessionThatReadsOnIsServedFromTheLogAndMissesNothing() {
    String ann = newId("ann");
    String doc = newId("doc");
    String room = "visit:" + clinic.visit(ann, doc);
    TestClient sender = clinic.patient(ann);
    TestClient slow = clinic.provider(doc);
    double fromLogBefore = fromLog();

    slow.stopReading();
    send(sender, room, BATCHES);
    slow.resumeReading();

    assertHasAll(slow, BATCHES);
    assertThat(fromLog()).isGreaterThan(fromLogBefore);
    send(sender, room, 1);
    slow.next("message:new", message -> message.get("offset").asInt() == BATCHES * BATCH + 1);
  }

  private double fromLog() {
    return clinic.node().counter("carewire.deliveries", "kind", "entryFromLog");
  }

  private static void send(TestClient sender, String room, int batches) {
    for (int batch = 0; batch < batches; batch++) {
      IntStream.range(0, BATCH)
          .mapToObj(i -> sender.ask("message:send", object("roomId", room, "message", TEXT)))
          .toList()
          .forEach(reply -> ok(TestClient.await(reply)));
    }
  }

  private static void assertHasAll(TestClient reader, int batches) {
    assertThat(IntStream.rangeClosed(1, batches * BATCH).boxed())
        .allSatisfy(offset -> assertThat(next(reader).get("offset").asInt()).isEqualTo(offset));
  }

  private static JsonNode next(TestClient reader) {
    return reader.next("message:new");
  }
}
