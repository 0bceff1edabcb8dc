package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are wrong are answered, and nothing else happens. */
abstract class MalformedRequestContract extends Contract {
  private String ann = "";
  private String room = "";
  private TestClient patient;
  private TestClient bystander;

  @BeforeEach
  void openVisit() {
    ann = newId("ann");
    String doc = newId("doc");
    room = "visit:" + clinic.visit(ann, doc);
    patient = clinic.patient(ann);
    bystander = clinic.provider(doc);
    ok(bystander.request("room:join", object("roomId", room)));
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("wrongTypes")
  void fieldOfTheWrongTypeIsNamed(String event, ObjectNode data, String field) {
    if (data.path("roomId").asText().equals("ROOM")) {
      data.put("roomId", room);
    }

    refused(patient.request(event, data), "BAD_REQUEST", field);

    patient.fence();
    bystander.expectNone("message:new");
    bystander.expectNone("typing:start");
  }

  static Stream<Arguments> wrongTypes() {
    return Stream.of(
        wrong("room:join", "roomId", object("roomId", 5)),
        wrong("room:join", "roomId", object("roomId", array("visit:a"))),
        wrong("room:join", "roomId", object()),
        wrong("room:join", "roomType", object("roomId", "ROOM", "roomType", 7)),
        wrong("room:join", "metadata", object("roomId", "ROOM", "metadata", "x")),
        wrong("room:leave", "roomId", object("roomId", true)),
        wrong("room:leave", "roomId", object()),
        wrong("room:participants", "roomId", object("roomId", object())),
        wrong("room:participants", "roomId", object()),
        wrong("room:list", "limit", object("limit", "many")),
        wrong("room:list", "before", object("before", object())),
        wrong("message:send", "message", object("roomId", "ROOM", "message", 5)),
        wrong("message:send", "message", object("roomId", "ROOM", "message", array("x"))),
        wrong("message:send", "roomId", object("roomId", array(), "message", "x")),
        wrong("message:send", "visitId", object("visitId", object(), "message", "x")),
        wrong("message:send", "recipientId", object("recipientId", 1, "message", "x")),
        wrong("message:send", "visitId", object("visitId", "a b", "message", "x")),
        wrong("message:send", "recipientId", object("recipientId", "a:b", "message", "x")),
        send("attachments", "x"),
        send("attachments", object()),
        send("metadata", 5),
        send("clientMessageId", 3),
        send("clientMessageId", array()),
        wrong("message:history", "limit", object("roomId", "ROOM", "limit", "x")),
        wrong("message:history", "before", object("roomId", "ROOM", "before", array())),
        wrong("message:history", "after", object("roomId", "ROOM", "after", "x")),
        wrong("message:history", "roomId", object("roomId", 1)),
        wrong("message:history", "visitId", object("visitId", 1)),
        wrong("typing:start", "roomId", object("roomId", 5)),
        wrong("typing:stop", "roomId", object("roomId", "nowhere")),
        wrong("typing:start", "recipientId", object("recipientId", object())),
        wrong("session:refresh", "token", object("token", 5)));
  }

  @ParameterizedTest(name = "{index}")
  @ValueSource(strings = {"room", "room:dance", "ROOM:JOIN", "message:new", "connected", "x\0y"})
  void unknownEventIsRefusedAndTheSessionGoesOn(String event) {
    refused(patient.request(event, object("roomId", room)), "UNKNOWN_EVENT");

    patient.fence();
  }

  @Test
  void addressesOfTheInnerBusAreNoEvents() {
    for (String address : List.of("chat", "chat.send", "gateway", "gateway.node", "__vertx.x")) {
      refused(patient.request(address, object()), "UNKNOWN_EVENT");
    }
  }

  @Test
  void unknownFieldsAreIgnored() {
    JsonNode joined =
        ok(
            patient.request(
                "room:join",
                object("roomId", room, "colour", "red", "deep", object("x", array(1)))));

    assertThat(joined.has("colour")).isFalse();
    ok(
        patient.request(
            "message:send",
            object("roomId", room, "message", "x", "id", "mine", "offset", 99, "senderId", "doc")));
    JsonNode received = bystander.next("message:new");
    assertThat(received.get("senderId").asText()).isEqualTo(ann);
    assertThat(received.get("offset").asLong()).isEqualTo(1);
    assertThat(received.get("id").asText()).isNotEqualTo("mine");
  }

  @Test
  void dataOfAnotherTypeIsRefused() {
    for (JsonNode data : List.of(array(1), object("x", "text").get("x"), object("x", 5).get("x"))) {
      refused(patient.request("room:join", data), "BAD_REQUEST");
      refused(patient.request("message:send", data), "BAD_REQUEST");
    }
  }

  @Test
  void requestWithoutAnIdGetsNoReplyEvenWhenRefused() {
    patient.send("room:join", object("roomId", room));
    patient.send("room:join", object("roomId", 5));
    patient.send("room:dance", object());
    patient.send("message:send", object("roomId", room, "message", "said"));

    assertThat(bystander.next("message:new").get("message").asText()).isEqualTo("said");
    patient.expectNone("unasked reply");
    patient.expectNone("error");
  }

  @Test
  void objectFarBeyondItsLimitIsTooLarge() {
    refused(
        patient.request(
            "room:join", object("roomId", room, "metadata", object("x", "x".repeat(900_000)))),
        "TOO_LARGE");

    patient.fence();
  }

  private static Arguments wrong(String event, String field, ObjectNode data) {
    return Arguments.of(event, data, field);
  }

  private static Arguments send(String field, Object value) {
    return wrong("message:send", field, object("roomId", "ROOM", "message", "x", field, value));
  }
}
