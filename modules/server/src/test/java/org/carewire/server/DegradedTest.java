package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.TestRedis;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Redis goes away and comes back, empty, while people talk. */
class DegradedTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final TestRedis redis = TestRedis.startPrivate();
  private Clinic clinic;
  private TestClient patient;
  private TestClient provider;
  private String room = "";

  @BeforeEach
  void open() {
    clinic =
        Clinic.open(
            Described.by(WebSocketTestClient.TRANSPORT), Map.of("redis.uri", redis.address()));
    String ann = newId("ann");
    String doc = newId("doc");
    room = "visit:" + clinic.visit(ann, doc);
    patient = clinic.patient(ann);
    provider = clinic.provider(doc);
  }

  @AfterEach
  void close() {
    clinic.close();
    redis.close();
  }

  @Test
  void withoutRedisSessionsBeginAndJoinAndMessagesFlow() {
    redis.stop();

    ok(patient.request("room:join", object("roomId", room)));
    ok(provider.request("room:join", object("roomId", room)));
    assertMessagesFlow();
    ok(provider.request("message:history", object("roomId", room)));
    ok(provider.request("room:list", object()));
    ok(provider.request("room:leave", object("roomId", room)));
    TestClient late = clinic.provider(newId("late"));
    ok(late.request("room:list", object()));
  }

  @Test
  void withoutRedisTypingIsSeen() {
    redis.stop();
    ok(patient.request("room:join", object("roomId", room)));
    ok(provider.request("room:join", object("roomId", room)));

    ok(patient.request("typing:start", object("roomId", room)));

    assertThat(provider.next("typing:start").path("roomId").asText()).isEqualTo(room);
  }

  @Test
  void withoutRedisParticipantsAreUnavailableAndThatMayBeRetried() {
    redis.stop();

    JsonNode reply = patient.request("room:participants", object("roomId", room));

    refused(reply, "UNAVAILABLE");
    assertThat(reply.path("retryAfterMs").asLong()).isPositive();
  }

  @Test
  void withoutRedisSomeoneTakenOffIsOutAllTheSame() {
    ok(provider.request("room:join", object("roomId", room)));
    redis.stop();
    String visitId = room.substring("visit:".length());

    Clinic.putVisit(clinic.backend(), visitId, newId("ann"), newId("doc"));

    refused(
        provider.request("message:send", object("roomId", room, "message", "still here?")),
        "ACCESS_DENIED");
    refused(provider.request("room:join", object("roomId", room)), "ACCESS_DENIED");
  }

  @Test
  void withoutRedisTheNodeIsReadyAndSaysThatItIsUnreachable() {
    assertThat(ready().status()).isEqualTo(200);
    assertThat(ready().text()).doesNotContain("reachable");

    redis.stop();

    ApiClient.Answer answer = ready();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(redisCheck(answer).path("data").path("reachable").asBoolean(true)).isFalse();
    assertThat(management("/health/live").status()).isEqualTo(200);
  }

  @Test
  void whenRedisIsBackParticipantsAreListedAgain() {
    redis.stop();
    refused(patient.request("room:participants", object("roomId", room)), "UNAVAILABLE");
    redis.start();
    await(() -> !ready().text().contains("reachable"));

    ok(patient.request("room:join", object("roomId", room)));
    JsonNode joined = ok(provider.request("room:join", object("roomId", room)));

    assertThat(each(joined.path("participants"), "socketId"))
        .containsExactlyInAnyOrder(patient.socketId(), provider.socketId());
    assertThat(patient.next("room:userJoined").path("socketId").asText())
        .isEqualTo(provider.socketId());
    assertMessagesFlow();
    assertThat(
            each(
                ok(patient.request("room:participants", object("roomId", room)))
                    .path("participants"),
                "socketId"))
        .hasSize(2);
  }

  private void assertMessagesFlow() {
    JsonNode reply =
        ok(patient.request("message:send", object("roomId", room, "message", "hello")));
    String id = reply.path("message").path("id").asText();
    assertThat(provider.next("message:new").path("id").asText()).isEqualTo(id);
    assertThat(patient.next("message:sent").path("id").asText()).isEqualTo(id);
  }

  private ApiClient.Answer ready() {
    return management("/health/ready");
  }

  private ApiClient.Answer management(String path) {
    return ApiClient.withoutToken(clinic.node().management()).callAnywhere("GET", path, "");
  }

  private static JsonNode redisCheck(ApiClient.Answer answer) {
    for (JsonNode check : answer.json().path("checks")) {
      if (check.path("id").asText().equals("redis")) {
        return check;
      }
    }
    throw new AssertionError(answer.text());
  }

  private static void await(Supplier<Boolean> condition) {
    assertThat(DemoFolder.await(DEADLINE, condition::get)).isTrue();
  }
}
