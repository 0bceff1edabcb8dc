package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Calling.accept;
import static org.carewire.server.Calling.hold;
import static org.carewire.server.Calling.ofCall;
import static org.carewire.server.Calling.ring;
import static org.carewire.server.Calling.states;
import static org.carewire.server.Calling.the;
import static org.carewire.server.Calling.to;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.assertIsTime;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.Test;

/** What becomes of calls when nobody answers, or nobody comes back. */
abstract class CallTimeoutContract extends VisitContract {
  private static final Duration RINGS = Duration.ofSeconds(1);
  private static final Duration PUNCTUAL = Duration.ofSeconds(1);
  private static final Duration POLLED_EVERY = Duration.ofMillis(50);

  @Override
  Map<String, String> settings() {
    return Map.of("calls.ringTimeout", RINGS.toMillis() + "ms", "calls.rejoinTimeout", "400ms");
  }

  /** At the same time one whom nobody is there to answer, as both must be waited for. */
  @Test
  void callThatNobodyAnswersIsMissedOnceWhetherTheCalleeIsThereOrNot() {
    String bob = newId("bob");
    String gone = newId("gone");
    clinic.visit(bob, gone);
    TestClient caller = clinic.patient(ann);
    TestClient callersOther = clinic.patient(ann);
    TestClient phone = clinic.provider(doc);
    TestClient lonely = clinic.patient(bob);

    long began = System.nanoTime();
    String call = ring(caller, to(doc));
    String toNobody = ring(lonely, to(gone));
    TestClient late = clinic.provider(doc);
    late.next("call:incoming");
    lonely.next("call:ringing");

    for (TestClient client : List.of(caller, phone, late)) {
      JsonNode missed = client.next("call:missed");
      assertThat(missed.get("callId").asText()).isEqualTo(call);
      assertThat(missed.get("callerId").asText()).isEqualTo(ann);
      assertThat(missed.get("recipientId").asText()).isEqualTo(doc);
      assertIsTime(missed.get("timestamp"));
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isBetween(RINGS.minusMillis(10), RINGS.plus(PUNCTUAL).plusMillis(500));
    assertThat(lonely.next("call:missed", ofCall(toNobody)).get("recipientId").asText())
        .isEqualTo(gone);
    JsonNode reply = refused(phone.request("call:accept", the(call)), "WRONG_STATE");
    assertThat(reply.get("error").asText()).isEqualTo("Cannot accept call in missed state");
    for (TestClient client : List.of(caller, phone, late, lonely)) {
      client.expectNone("call:missed");
      client.expectNone("call:ended");
      JsonNode record = Calling.newest(client);
      assertThat(record.get("status").asText()).isEqualTo("missed");
      assertThat(record.get("reason").asText()).isEqualTo("no_answer");
      assertThat(states(record)).containsExactly("left", "missed");
    }
    callersOther.expectNone("call:missed");
  }

  /** At the same time a call that nobody of several answers, as both must be waited for. */
  @Test
  void whoDoesNotAnswerACallOfSeveralMissesItAloneAndMayStillJoin() {
    Trio three = trio();
    Trio unanswered = trio();
    String call = ring(three.caller, to(three.callee, three.third));
    accept(three.calleesSession, call);
    String toNobody = ring(unanswered.caller, to(unanswered.callee, unanswered.third));

    three.thirdsSession.next("call:missed");
    assertThat(three.caller.next("call:missed").get("recipientId").asText()).isEqualTo(three.third);
    three.caller.expectNone("call:ended");
    JsonNode joined = Replies.ok(three.thirdsSession.request("call:join", the(call)));
    assertThat(states(joined)).containsExactly("joined", "joined", "joined");
    three.caller.next("call:participantJoined", ofCall(call, three.third));
    three.calleesSession.next("call:participantJoined", ofCall(call, three.third));

    unanswered.calleesSession.next("call:missed", ofCall(toNobody));
    JsonNode ended = unanswered.caller.next("call:ended", ofCall(toNobody));
    assertThat(ended.get("endedBy").isNull()).isTrue();
    assertThat(ended.get("reason").asText()).isEqualTo("no_answer");
    assertThat(Replies.each(unanswered.caller.takeAll("call:missed"), "recipientId"))
        .containsExactlyInAnyOrder(unanswered.callee, unanswered.third);
    assertThat(Calling.newest(unanswered.caller).get("status").asText()).isEqualTo("missed");
  }

  /**
   * All that must be waited for, at once: one of two, one of three, a caller while it rings, and
   * everyone.
   */
  @Test
  void whoLosesTheConnectionAndDoesNotComeBackIsOut() {
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    Trio three = trio();
    Trio ringing = trio();
    Trio everyone = trio();
    String ofTwo = hold(patient, to(doc), provider);
    String ofThree = hold(three.caller, to(three.callee, three.third), three.calleesSession);
    accept(three.thirdsSession, ofThree);
    hold(everyone.caller, to(everyone.callee), everyone.calleesSession);
    String rings = ring(ringing.caller, to(ringing.callee));
    ringing.calleesSession.next("call:incoming");

    for (TestClient lost :
        List.of(
            ringing.caller,
            provider,
            three.calleesSession,
            everyone.caller,
            everyone.calleesSession)) {
      lost.drop();
    }

    assertLost(next(patient, "call:participantLeft", ofTwo), doc);
    JsonNode ended = next(patient, "call:ended", ofTwo);
    assertThat(ended.get("endedBy").isNull()).isTrue();
    assertThat(ended.get("reason").asText()).isEqualTo("connection_lost");
    assertLost(next(three.caller, "call:participantLeft", ofThree), three.callee);
    assertLost(next(three.thirdsSession, "call:participantLeft", ofThree), three.callee);
    three.caller.expectNone("call:ended");
    assertThat(Calling.newest(three.caller).has("endedAt")).isFalse();
    next(ringing.calleesSession, "call:ended", rings);
    assertThat(Calling.newest(ringing.calleesSession).get("status").asText()).isEqualTo("failed");
    TestClient back = clinic.patient(everyone.callersId);
    JsonNode record = ended(back);
    assertThat(record.get("status").asText()).isEqualTo("ended");
    assertThat(record.get("reason").asText()).isEqualTo("connection_lost");
    assertThat(record.has("endedBy")).isFalse();
  }

  private static JsonNode next(TestClient client, String event, String call) {
    return client.next(event, ofCall(call), Duration.ofSeconds(10));
  }

  private static void assertLost(JsonNode left, String user) {
    assertThat(left)
        .isEqualTo(
            object("callId", left.get("callId"), "userId", user, "reason", "connection_lost"));
  }

  private static JsonNode ended(TestClient client) {
    long giveUpAt = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    JsonNode record = Calling.newest(client);
    while (!record.has("endedAt") && System.nanoTime() < giveUpAt) {
      LockSupport.parkNanos(POLLED_EVERY.toNanos());
      record = Calling.newest(client);
    }
    return record;
  }

  private Trio trio() {
    String one = newId("one");
    String two = newId("two");
    String three = newId("three");
    clinic.group(one, two, three);
    return new Trio(
        one, two, three, clinic.patient(one), clinic.patient(two), clinic.patient(three));
  }

  private record Trio(
      String callersId,
      String callee,
      String third,
      TestClient caller,
      TestClient calleesSession,
      TestClient thirdsSession) {}
}
