package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.assertIsTime;
import static org.carewire.server.Replies.denied;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sending: what is answered, who gets it, and in which order. */
abstract class MessageContract extends Contract {
  private String ann = "";
  private String doc = "";
  private String visitId = "";
  private String room = "";

  @BeforeEach
  void openVisit() {
    ann = newId("ann");
    doc = newId("doc");
    visitId = clinic.visit(ann, doc);
    room = "visit:" + visitId;
  }

  @Test
  void replyHasTheMessageWithAllItsFields() {
    TestClient patient = clinic.patient(ann);

    JsonNode message =
        ok(patient.request(
                "message:send",
                object(
                    "visitId",
                    visitId,
                    "message",
                    "Good morning",
                    "attachments",
                    List.of("https://files.example/1"),
                    "metadata",
                    object("mood", "fine"),
                    "clientMessageId",
                    "c1")))
            .get("message");

    assertThat(message.get("id").asText()).isNotBlank();
    assertThat(message.get("roomId").asText()).isEqualTo(room);
    assertThat(message.get("visitId").asText()).isEqualTo(visitId);
    assertThat(message.get("offset").asLong()).isEqualTo(1);
    assertThat(message.get("senderId").asText()).isEqualTo(ann);
    assertThat(message.get("message").asText()).isEqualTo("Good morning");
    assertThat(message.get("attachments")).hasToString("[\"https://files.example/1\"]");
    assertThat(message.get("status").asText()).isEqualTo("sent");
    assertThat(message.at("/metadata/mood").asText()).isEqualTo("fine");
    assertThat(message.at("/metadata/senderRole").asText()).isEqualTo("patient");
    assertThat(message.get("clientMessageId").asText()).isEqualTo("c1");
    assertIsTime(message.get("timestamp"));
  }

  @Test
  void fieldsThatWereNotGivenAreEmptyOrAbsent() {
    JsonNode message = send(clinic.patient(ann), object("roomId", room, "message", "hello"));

    assertThat(message.get("attachments")).hasToString("[]");
    assertThat(message.has("recipientId")).isFalse();
    assertThat(message.has("clientMessageId")).isFalse();
  }

  @Test
  void messageToARecipientGoesToTheirChat() {
    TestClient provider = clinic.provider(doc);

    JsonNode message = send(clinic.patient(ann), object("recipientId", doc, "message", "hello"));

    assertThat(message.get("roomId").asText()).isEqualTo("chat:" + ann + ":" + doc);
    assertThat(message.get("recipientId").asText()).isEqualTo(doc);
    assertThat(provider.next("message:new")).isEqualTo(message);
  }

  @Test
  void messageToAChatInTheOtherOrderGoesToTheSameRoom() {
    TestClient patient = clinic.patient(ann);
    send(patient, object("roomId", "chat:" + ann + ":" + doc, "message", "one"));

    JsonNode second = send(patient, object("roomId", "chat:" + doc + ":" + ann, "message", "two"));

    assertThat(second.get("roomId").asText()).isEqualTo("chat:" + ann + ":" + doc);
    assertThat(second.get("offset").asLong()).isEqualTo(2);
  }

  @Test
  void messageToNowhereIsRefused() {
    JsonNode reply = clinic.patient(ann).request("message:send", object("message", "hello"));

    refused(reply, "BAD_REQUEST");
    assertThat(reply.get("error").asText())
        .isEqualTo("Either roomId, recipientId, or visitId is required");
  }

  @Test
  void messageToTwoPlacesIsRefused() {
    TestClient patient = clinic.patient(ann);

    refused(
        patient.request(
            "message:send", object("roomId", room, "recipientId", doc, "message", "hello")),
        "BAD_REQUEST");
  }

  @Test
  void everySessionOfEveryMemberGetsItJoinedOrNotAndTheSenderItsOwn() {
    String sis = newId("sis");
    visitId = clinic.visit(ann, doc, sis);
    room = "visit:" + visitId;
    TestClient phone = clinic.patient(ann);
    TestClient browser = clinic.patient(ann);
    TestClient joined = clinic.provider(doc);
    ok(joined.request("room:join", object("roomId", room)));
    TestClient notJoined = clinic.provider(doc);
    TestClient nurse = clinic.provider(sis);

    JsonNode message = send(phone, object("roomId", room, "message", "hello"));

    for (TestClient receiver : List.of(browser, joined, notJoined, nurse)) {
      assertThat(receiver.next("message:new")).isEqualTo(message);
    }
    assertThat(phone.next("message:sent")).isEqualTo(message);
    phone.expectNone("message:new");
    for (TestClient receiver : List.of(browser, joined, notJoined, nurse)) {
      receiver.expectNone("message:new");
      receiver.expectNone("message:sent");
    }
  }

  @Test
  void nobodyElseGetsIt() {
    TestClient member = clinic.provider(doc);
    TestClient patientElsewhere = clinic.patient(newId("eve"));
    TestClient providerElsewhere = clinic.provider(newId("zed"));
    TestClient admin = clinic.admin(newId("wes"));

    send(clinic.patient(ann), object("roomId", room, "message", "hello"));

    member.next("message:new");
    for (TestClient stranger : List.of(patientElsewhere, providerElsewhere, admin)) {
      stranger.expectNone("message:new");
      stranger.expectNone("message:sent");
    }
  }

  @Test
  void strangerMayNotSend() {
    TestClient member = clinic.provider(doc);
    TestClient stranger = clinic.patient(newId("eve"));

    denied(stranger.request("message:send", object("roomId", room, "message", "hello")));
    denied(stranger.request("message:send", object("visitId", visitId, "message", "hello")));
    denied(stranger.request("message:send", object("recipientId", ann, "message", "hello")));

    member.expectNone("message:new");
    assertThat(send(clinic.patient(ann), object("roomId", room, "message", "x")).get("offset"))
        .hasToString("1");
  }

  @Test
  void roomsOfSignalsHoldNoMessages() {
    TestClient patient = clinic.patient(ann);

    for (String other : List.of("call:" + visitId, "notifications:" + ann, "topic:news")) {
      JsonNode reply = patient.request("message:send", object("roomId", other, "message", "x"));
      assertThat(reply.get("success").asBoolean()).as(other).isFalse();
    }
  }

  @Test
  void twoHundredPipelinedSendsAreNumberedInTheOrderOfSending() {
    TestClient provider = clinic.provider(doc);
    TestClient patient = clinic.patient(ann);

    List<CompletableFuture<JsonNode>> replies = sendMany(patient, 200);

    List<Long> offsets =
        replies.stream()
            .map(reply -> ok(TestClient.await(reply)).at("/message/offset").asLong())
            .toList();
    assertThat(offsets).isEqualTo(LongStream.rangeClosed(1, 200).boxed().toList());
    List<String> received = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      received.add(provider.next("message:new", any -> true).get("message").asText());
    }
    assertThat(received)
        .isEqualTo(IntStream.rangeClosed(1, 200).mapToObj(Integer::toString).toList());
    provider.expectNone("message:new");
  }

  @Test
  void offsetsOfManySendersHaveNoGapAndNoRepeat() {
    TestClient listener = clinic.provider(doc);
    List<TestClient> senders =
        List.of(clinic.patient(ann), clinic.patient(ann), clinic.provider(doc));

    senders.stream()
        .flatMap(sender -> sendMany(sender, 50).stream())
        .toList()
        .forEach(reply -> ok(TestClient.await(reply)));

    List<Long> offsets = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      offsets.add(listener.next("message:new").get("offset").asLong());
    }
    assertThat(offsets).isEqualTo(LongStream.rangeClosed(1, 150).boxed().toList());
  }

  @Test
  void memberWhoComesLaterFindsItInTheHistory() {
    JsonNode message = send(clinic.patient(ann), object("roomId", room, "message", "hello"));

    JsonNode history =
        ok(clinic.provider(doc).request("message:history", object("visitId", visitId)));

    assertThat(each(history.get("messages"), "id")).containsExactly(message.get("id").asText());
  }

  private List<CompletableFuture<JsonNode>> sendMany(TestClient sender, int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(
            i -> sender.ask("message:send", object("roomId", room, "message", Integer.toString(i))))
        .toList();
  }

  private static JsonNode send(TestClient client, JsonNode request) {
    return ok(client.request("message:send", request)).get("message");
  }
}
