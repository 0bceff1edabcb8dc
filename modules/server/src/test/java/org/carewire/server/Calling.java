package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.carewire.testkit.TestClient;

/** What sessions do to call each other. */
final class Calling {
  private static final Duration POLLED_EVERY = Duration.ofMillis(20);

  private Calling() {}

  /** Whom to call: one, or several. */
  static ObjectNode to(String... users) {
    ObjectNode request = object("callType", "video");
    return users.length == 1
        ? request.put("recipientId", users[0])
        : request.setAll(object("participantIds", List.of(users)));
  }

  static ObjectNode the(String callId) {
    return object("callId", callId);
  }

  /** Begins to ring. Answers the id of the call. */
  static String ring(TestClient caller, ObjectNode request) {
    JsonNode reply = ok(caller.request("call:initiate", request));
    assertThat(reply.get("status").asText()).as("%s", reply).isEqualTo("ringing");
    return reply.get("callId").asText();
  }

  /** Rings at one, who answers. Answers the id of the call. */
  static String hold(TestClient caller, ObjectNode request, TestClient callee) {
    String call = ring(caller, request);
    callee.next("call:incoming", ofCall(call));
    accept(callee, call);
    caller.next("call:accepted", ofCall(call));
    return call;
  }

  static JsonNode accept(TestClient callee, String call) {
    return ok(callee.request("call:accept", the(call)));
  }

  static JsonNode end(TestClient client, String call) {
    return ok(client.request("call:end", the(call)));
  }

  static ObjectNode signal(String call, String recipient, Object signal) {
    return object(
        "callId", call, "recipientId", recipient, "signal", signal, "signalType", "offer");
  }

  /** Which event is of the call. */
  static Predicate<JsonNode> ofCall(String call) {
    return event -> event.path("callId").asText().equals(call);
  }

  /** Which event is of the call and the user. */
  static Predicate<JsonNode> ofCall(String call, String user) {
    return ofCall(call).and(event -> event.path("userId").asText().equals(user));
  }

  /** In what state each participant is. */
  static List<String> states(JsonNode call) {
    return Replies.each(call.get("participants"), "state");
  }

  /** Comes back as soon as the server knows that the former connection is lost. */
  static JsonNode rejoin(TestClient client, String call) {
    long giveUpAt = System.nanoTime() + 2 * TestClient.DEADLINE.toNanos();
    JsonNode reply = client.request("call:join", the(call));
    while (!Replies.isOk(reply) && System.nanoTime() < giveUpAt) {
      LockSupport.parkNanos(POLLED_EVERY.toNanos());
      reply = client.request("call:join", the(call));
    }
    return ok(reply);
  }

  /** The newest call of a user, as that user's history has it. */
  static JsonNode newest(TestClient client) {
    return ok(client.request("call:history", object("limit", 1))).at("/calls/0");
  }
}
