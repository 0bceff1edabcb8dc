package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.isOk;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who asks for too much is told so; others are not touched. */
abstract class RateLimitContract extends Contract {
  @Override
  Map<String, String> settings() {
    return Map.of(
        "session.pingInterval", "500ms",
        "limits.messagesPerSecond", "1",
        "limits.messageBurst", "5",
        "limits.requestsPerSecond", "2",
        "limits.requestBurst", "100",
        "limits.connectionsPerSecond", "1",
        "limits.connectionBurst", "5",
        "limits.sessionsPerUser", "3",
        "http.forwardedHeaders", "true");
  }

  @Test
  void messagesBeyondTheBurstAreRefused() {
    String ann = newId("ann");
    String doc = newId("doc");
    String visit = clinic.visit(ann, doc);
    TestClient patient = clinic.patient(ann);

    List<JsonNode> replies = ask(patient, 10, "message:send", message(visit));

    assertThat(replies.subList(0, 5)).allMatch(Replies::isOk);
    assertThat(replies.stream().filter(Replies::isOk).count()).isLessThan(10);
    replies.stream().filter(reply -> !isOk(reply)).forEach(RateLimitContract::assertRateLimited);
    ok(clinic.provider(doc).request("message:send", message(visit)));
    ok(patient.request("room:list", object()));
  }

  @Test
  void refusedMessagesAreNotStored() {
    String ann = newId("ann");
    String visit = clinic.visit(ann, newId("doc"));
    TestClient patient = clinic.patient(ann);

    List<JsonNode> replies = ask(patient, 10, "message:send", message(visit));

    JsonNode joined = ok(patient.request("room:join", object("roomId", "visit:" + visit)));
    assertThat(joined.get("top").asLong())
        .isEqualTo(replies.stream().filter(Replies::isOk).count());
  }

  @Test
  @Timeout(30)
  void bucketFillsAgain() {
    String ann = newId("ann");
    String visit = clinic.visit(ann, newId("doc"));
    TestClient patient = clinic.patient(ann);
    List<JsonNode> replies = ask(patient, 10, "message:send", message(visit));
    assertThat(replies).anyMatch(reply -> !isOk(reply));

    JsonNode reply = replies.getLast();
    while (!isOk(reply)) {
      patient.awaitPing();
      reply = patient.request("message:send", message(visit));
    }
  }

  @Test
  void requestsBeyondTheBurstAreRefused() {
    TestClient greedy = clinic.patient(newId("ann"));
    TestClient modest = clinic.patient(newId("bob"));

    List<JsonNode> replies = ask(greedy, 200, "room:list", object());

    // To say hello, and to register for events where that is needed, has taken some of the burst.
    assertThat(replies.subList(0, 50)).allMatch(Replies::isOk);
    assertThat(replies.stream().filter(Replies::isOk).count()).isBetween(50L, 150L);
    replies.stream().filter(reply -> !isOk(reply)).forEach(RateLimitContract::assertRateLimited);
    ok(modest.request("room:list", object()));
  }

  @Test
  void whoDoesNotHeedRefusalsIsClosed() {
    TestClient deaf = clinic.patient(newId("ann"));

    for (int i = 0; i < 5_000; i++) {
      deaf.send("room:list", object());
    }

    assertThat(deaf.awaitClose()).isEqualTo(4429);
  }

  @Test
  void connectionsBeyondTheBurstOfAnAddressAreClosed() {
    Map<String, String> there = Map.of("X-Forwarded-For", "203.0.113.7");
    List<TestClient> crowd = IntStream.range(0, 12).mapToObj(i -> clinic.connect(there)).toList();

    assertThat(crowd.getLast().awaitClose()).isEqualTo(4429);

    TestClient elsewhere = clinic.connect(Map.of("X-Forwarded-For", "203.0.113.8"));
    elsewhere.hello(Tokens.patient(newId("ann")));
    crowd.getFirst().hello(Tokens.patient(newId("bob")));
  }

  @Test
  void loopbackIsExempt() {
    List<TestClient> crowd = IntStream.range(0, 12).mapToObj(i -> clinic.connect()).toList();

    crowd.forEach(client -> client.hello(Tokens.patient(newId("ann"))));
  }

  @Test
  void sessionsBeyondTheLimitOfAUserAreClosed() {
    String ann = newId("ann");
    List<TestClient> sessions = IntStream.range(0, 3).mapToObj(i -> clinic.patient(ann)).toList();

    TestClient oneTooMany = clinic.connect();
    oneTooMany.send("session:hello", object("token", Tokens.patient(ann)));

    assertThat(oneTooMany.awaitClose()).isEqualTo(4429);
    sessions.forEach(TestClient::fence);
    clinic.patient(newId("bob")).fence();
  }

  @Test
  @Timeout(30)
  void endedSessionMakesRoomForAnother() {
    String ann = newId("ann");
    List<TestClient> sessions = IntStream.range(0, 3).mapToObj(i -> clinic.patient(ann)).toList();

    sessions.getFirst().close();
    sessions.getFirst().awaitClose();

    // The server may learn of the end a little later than the client.
    JsonNode hello = object("token", Tokens.patient(ann));
    TestClient another = clinic.connect();
    while (!isOk(another.request("session:hello", hello))) {
      another = clinic.connect();
    }
    another.fence();
  }

  private static List<JsonNode> ask(TestClient client, int times, String event, JsonNode data) {
    return IntStream.range(0, times).mapToObj(i -> client.ask(event, data)).toList().stream()
        .map(TestClient::await)
        .toList();
  }

  private static JsonNode message(String visitId) {
    return object("visitId", visitId, "message", "hello");
  }

  private static void assertRateLimited(JsonNode reply) {
    refused(reply, "RATE_LIMITED");
    assertThat(reply.get("retryAfterMs").asLong()).isPositive();
  }
}
