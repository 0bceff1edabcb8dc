package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.IntStream;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.Test;

/** A message that is sent again is stored once. */
abstract class RepeatedMessageContract extends VisitContract {
  @Test
  void repeatOfAClientMessageIdIsStoredOnceAndGetsTheFirst() {
    TestClient provider = clinic.provider(doc);
    TestClient patient = clinic.patient(ann);
    var request = object("roomId", room, "message", "once", "clientMessageId", "c1");

    JsonNode first = ok(patient.request("message:send", request));
    JsonNode again = ok(patient.request("message:send", request));
    JsonNode fromOtherSession = ok(clinic.patient(ann).request("message:send", request));
    send(patient, object("roomId", room, "message", "marker"));

    assertThat(first.path("duplicate").asBoolean()).isFalse();
    assertThat(again.get("duplicate").asBoolean()).isTrue();
    assertThat(again.get("message")).isEqualTo(first.get("message"));
    assertThat(fromOtherSession.get("duplicate").asBoolean()).isTrue();
    assertThat(fromOtherSession.get("message")).isEqualTo(first.get("message"));
    assertThat(provider.next("message:new").get("message").asText()).isEqualTo("once");
    JsonNode marker = provider.next("message:new");
    assertThat(marker.get("message").asText()).isEqualTo("marker");
    assertThat(marker.get("offset").asLong()).isEqualTo(2);
  }

  @Test
  void repeatsInOneBurstAreStoredOnce() {
    TestClient patient = clinic.patient(ann);
    var request = object("roomId", room, "message", "once", "clientMessageId", "c1");

    List<JsonNode> replies =
        IntStream.range(0, 20).mapToObj(i -> patient.ask("message:send", request)).toList().stream()
            .map(reply -> ok(TestClient.await(reply)).get("message"))
            .toList();

    assertThat(replies).containsOnly(replies.getFirst());
    assertThat(send(patient, object("roomId", room, "message", "x")).get("offset"))
        .hasToString("2");
  }

  @Test
  void clientMessageIdWithOtherContentIsAConflict() {
    TestClient patient = clinic.patient(ann);
    ok(
        patient.request(
            "message:send", object("roomId", room, "message", "one", "clientMessageId", "c1")));

    refused(
        patient.request(
            "message:send", object("roomId", room, "message", "two", "clientMessageId", "c1")),
        "CONFLICT");
    refused(
        patient.request(
            "message:send",
            object(
                "roomId",
                room,
                "message",
                "one",
                "clientMessageId",
                "c1",
                "attachments",
                List.of("file-1"))),
        "CONFLICT");
  }

  @Test
  void clientMessageIdIsOfItsSenderAndRoomOnly() {
    var request = object("roomId", room, "message", "one", "clientMessageId", "c1");
    ok(clinic.patient(ann).request("message:send", request));

    JsonNode ofOther = ok(clinic.provider(doc).request("message:send", request));
    JsonNode inOtherRoom =
        ok(
            clinic
                .patient(ann)
                .request(
                    "message:send",
                    object("recipientId", doc, "message", "two", "clientMessageId", "c1")));

    assertThat(ofOther.path("duplicate").asBoolean()).isFalse();
    assertThat(ofOther.at("/message/offset").asLong()).isEqualTo(2);
    assertThat(inOtherRoom.path("duplicate").asBoolean()).isFalse();
  }

  private static JsonNode send(TestClient client, JsonNode request) {
    return ok(client.request("message:send", request)).get("message");
  }
}
