package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Calling.accept;
import static org.carewire.server.Calling.end;
import static org.carewire.server.Calling.hold;
import static org.carewire.server.Calling.ofCall;
import static org.carewire.server.Calling.rejoin;
import static org.carewire.server.Calling.ring;
import static org.carewire.server.Calling.states;
import static org.carewire.server.Calling.the;
import static org.carewire.server.Calling.to;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.assertIsTime;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.isOk;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;

/** A call of two: who is rung, who answers, and how it ends. */
abstract class CallContract extends VisitContract {
  private static final int A_MINUTE = 20;
  private static final List<String> ABOUT_A_CALL =
      List.of(
          "call:accept",
          "call:reject",
          "call:join",
          "call:leave",
          "call:end",
          "call:signal",
          "call:media",
          "call:quality");

  @Test
  void callRingsInAllSessionsOfTheCalleeAndInThoseThatComeMeanwhile() {
    TestClient caller = clinic.patient(ann);
    TestClient callersOther = clinic.patient(ann);
    TestClient phone = clinic.provider(doc);
    TestClient tablet = clinic.provider(doc);

    JsonNode reply =
        ok(
            caller.request(
                "call:initiate",
                to(doc)
                    .put("visitId", visit())
                    .setAll(object("metadata", object("subject", "Results")))));

    assertThat(reply.get("status").asText()).isEqualTo("ringing");
    assertThat(reply.get("iceServers").isArray()).isTrue();
    String call = reply.get("callId").asText();
    assertThat(caller.next("call:ringing")).isEqualTo(object("callId", call, "userId", doc));
    JsonNode rung = phone.next("call:incoming");
    assertThat(rung.get("callId").asText()).isEqualTo(call);
    assertThat(rung.get("callerId").asText()).isEqualTo(ann);
    assertThat(rung.get("callerRole").asText()).isEqualTo("patient");
    assertThat(rung.get("visitId").asText()).isEqualTo(visit());
    assertThat(rung.get("callType").asText()).isEqualTo("video");
    assertThat(each(rung.get("participants"), "userId")).containsExactly(ann, doc);
    assertThat(states(rung)).containsExactly("joined", "ringing");
    assertThat(rung.get("metadata")).isEqualTo(object("subject", "Results"));
    assertIsTime(rung.get("timestamp"));
    assertThat(Duration.between(time(rung, "timestamp"), time(rung, "expiresAt")))
        .isEqualTo(Duration.ofSeconds(30));
    TestClient late = clinic.provider(doc);
    for (TestClient other : List.of(tablet, late)) {
      assertThat(other.next("call:incoming")).isEqualTo(rung);
    }
    for (TestClient client : List.of(phone, tablet, late, caller, callersOther)) {
      client.expectNone("call:incoming");
    }
    callersOther.expectNone("call:ringing");
  }

  @Test
  void sessionThatAcceptsIsTheOnlyOneAndTheOthersStopRinging() {
    TestClient caller = clinic.patient(ann);
    TestClient callersOther = clinic.patient(ann);
    TestClient phone = clinic.provider(doc);
    TestClient tablet = clinic.provider(doc);
    String call = ring(caller, to(doc));
    tablet.next("call:incoming");

    JsonNode reply = accept(phone, call);

    assertThat(reply.get("status").asText()).isEqualTo("accepted");
    assertThat(states(reply)).containsExactly("joined", "joined");
    JsonNode accepted = caller.next("call:accepted");
    assertThat(accepted.get("callId").asText()).isEqualTo(call);
    assertThat(accepted.get("recipientId").asText()).isEqualTo(doc);
    assertIsTime(accepted.get("timestamp"));
    assertThat(tablet.next("call:answeredElsewhere"))
        .isEqualTo(object("callId", call, "socketId", phone.socketId()));
    assertThat(
            refused(tablet.request("call:accept", the(call)), "WRONG_STATE").get("error").asText())
        .matches("Cannot accept call in (accepted|in_progress) state");
    assertThat(accept(phone, call).get("callId").asText()).isEqualTo(call);
    for (TestClient client : List.of(caller, callersOther, phone, tablet)) {
      client.expectNone("call:accepted");
      client.expectNone("call:answeredElsewhere");
      client.expectNone("call:participantJoined");
    }
  }

  @Test
  void whoIsCalledMayReject() {
    TestClient caller = clinic.patient(ann);
    TestClient phone = clinic.provider(doc);
    TestClient tablet = clinic.provider(doc);
    String call = ring(caller, to(doc));
    tablet.next("call:incoming");

    JsonNode reply = ok(phone.request("call:reject", the(call).put("reason", "In a minute")));

    assertThat(reply.get("status").asText()).isEqualTo("rejected");
    JsonNode rejected = caller.next("call:rejected");
    assertThat(rejected.get("recipientId").asText()).isEqualTo(doc);
    assertThat(rejected.get("reason").asText()).isEqualTo("In a minute");
    assertIsTime(rejected.get("timestamp"));
    assertThat(tablet.next("call:answeredElsewhere").get("socketId").asText())
        .isEqualTo(phone.socketId());
    for (TestClient client : List.of(caller, phone, tablet)) {
      client.expectNone("call:ended");
      client.expectNone("call:missed");
    }
    assertAllIsOver(caller, doc, call, "rejected");
    assertAllIsOver(phone, ann, call, "rejected");
    assertAllIsOver(tablet, ann, call, "rejected");
  }

  @Test
  void whoIsCalledAndEndsOrLeavesDeclines() {
    TestClient caller = clinic.patient(ann);
    TestClient callee = clinic.provider(doc);
    for (String event : List.of("call:end", "call:leave")) {
      String call = ring(caller, to(doc));
      callee.next("call:incoming", ofCall(call));

      ok(callee.request(event, the(call)));

      assertThat(caller.next("call:rejected", ofCall(call)).has("reason")).isFalse();
      assertThat(Calling.newest(caller).get("status").asText()).isEqualTo("rejected");
    }
  }

  @Test
  void callerMayHangUpWhileItRings() {
    TestClient caller = clinic.patient(ann);
    TestClient phone = clinic.provider(doc);
    TestClient tablet = clinic.provider(doc);
    for (String event : List.of("call:end", "call:leave")) {
      String call = ring(caller, to(doc));
      phone.next("call:incoming", ofCall(call));

      assertThat(ok(caller.request(event, the(call))).get("status").asText()).isEqualTo("ended");

      for (TestClient client : List.of(phone, tablet)) {
        JsonNode ended = client.next("call:ended", ofCall(call));
        assertThat(ended.get("endedBy").asText()).isEqualTo(ann);
        assertThat(ended.get("reason").asText()).isEqualTo("cancelled");
        assertThat(ended.get("duration").asLong(-1)).isZero();
        assertIsTime(ended.get("timestamp"));
      }
      assertAllIsOver(phone, ann, call, "ended");
      assertAllIsOver(caller, doc, call, "ended");
    }
  }

  @Test
  void whoIsInTheCallMayEndItForEveryone() {
    TestClient caller = clinic.patient(ann);
    TestClient callersOther = clinic.patient(ann);
    TestClient phone = clinic.provider(doc);
    TestClient tablet = clinic.provider(doc);
    String call = hold(caller, to(doc), phone);

    JsonNode reply = end(phone, call);

    assertThat(reply.get("status").asText()).isEqualTo("ended");
    assertThat(reply.get("duration").asLong(-1)).isBetween(0L, 10L);
    for (TestClient client : List.of(caller, callersOther, phone, tablet)) {
      JsonNode ended = client.next("call:ended");
      assertThat(ended.get("callId").asText()).isEqualTo(call);
      assertThat(ended.get("endedBy").asText()).isEqualTo(doc);
      assertThat(ended.get("reason").asText()).isEqualTo("hangup");
      assertThat(ended.get("duration")).isEqualTo(reply.get("duration"));
      client.expectNone("call:ended");
      client.expectNone("call:participantLeft");
    }
    assertAllIsOver(caller, doc, call, "ended");
    assertAllIsOver(phone, ann, call, "ended");
  }

  @Test
  void callOfTwoIsOverWhenOneLeaves() {
    TestClient caller = clinic.patient(ann);
    TestClient callee = clinic.provider(doc);
    String call = hold(caller, to(doc), callee);

    ok(callee.request("call:leave", the(call)));

    assertThat(caller.next("call:participantLeft"))
        .isEqualTo(object("callId", call, "userId", doc, "reason", "left"));
    assertThat(caller.next("call:ended").get("reason").asText()).isEqualTo("left");
    assertAllIsOver(caller, doc, call, "ended");
  }

  @Test
  void callThatIsNotThereIsNotFound() {
    TestClient patient = clinic.patient(ann);

    for (String event : ABOUT_A_CALL) {
      for (String none : List.of(UUID.randomUUID().toString(), "no-such-call")) {
        JsonNode reply = refused(patient.request(event, about(none, doc)), "NOT_FOUND");
        assertThat(reply.get("error").asText()).isEqualTo("Call not found");
      }
    }
  }

  @Test
  void whoIsNoParticipantIsRefused() {
    TestClient caller = clinic.patient(ann);
    TestClient callee = clinic.provider(doc);
    String eve = newId("eve");
    clinic.visit(ann, doc, eve);
    String call = ring(caller, to(doc));

    for (TestClient stranger :
        List.of(clinic.patient(eve), clinic.provider(newId("zed")), clinic.admin(newId("wes")))) {
      for (String event : ABOUT_A_CALL) {
        refused(stranger.request(event, about(call, doc)), "ACCESS_DENIED");
      }
      assertError(stranger.request("call:accept", the(call)), "Not authorized to accept this call");
      assertError(stranger.request("call:end", the(call)), "Not authorized to end this call");
    }
    refused(caller.request("call:accept", the(call)), "ACCESS_DENIED");
    assertError(caller.request("call:accept", the(call)), "Not authorized to accept this call");
    accept(callee, call);
  }

  @Test
  void patientMayCallThoseWhoShareAVisitOrAGroup() {
    String eve = newId("eve");
    String gus = newId("gus");
    String zed = newId("zed");
    clinic.group(ann, gus);
    TestClient patient = clinic.patient(ann);
    clinic.provider(zed);

    for (String stranger : List.of(eve, zed)) {
      JsonNode reply = refused(patient.request("call:initiate", to(stranger)), "ACCESS_DENIED");
      assertThat(reply.get("error").asText())
          .isEqualTo("You may only call people you share a visit or group with");
      refused(patient.request("call:initiate", to(doc, stranger)), "ACCESS_DENIED");
    }
    end(patient, ring(patient, to(gus)));
    end(patient, ring(patient, to(doc)));
  }

  @Test
  void providersAndAdminsMayCallAnyone() {
    String eve = newId("eve");
    TestClient called = clinic.patient(eve);
    for (TestClient caller : List.of(clinic.provider(newId("zed")), clinic.admin(newId("wes")))) {
      String call = ring(caller, to(eve));
      called.next("call:incoming", ofCall(call));
      end(caller, call);
    }
  }

  @Test
  void callOfAVisitIsForThoseInIt() {
    TestClient stranger = clinic.provider(newId("zed"));
    TestClient admin = clinic.admin(newId("wes"));
    ObjectNode unknown = to(ann).put("visitId", newId("visit"));

    refused(stranger.request("call:initiate", to(ann).put("visitId", visit())), "ACCESS_DENIED");
    refused(stranger.request("call:initiate", unknown), "ACCESS_DENIED");
    refused(admin.request("call:initiate", unknown), "NOT_FOUND");
    end(admin, ring(admin, to(ann).put("visitId", visit())));
  }

  @Test
  void requestThatNamesNobodyOrTooMuchIsRefused() {
    TestClient patient = clinic.patient(ann);
    ObjectNode nobody = object("callType", "video");

    assertThat(bad(patient, nobody, "recipientId")).isEqualTo("recipientId is required");
    bad(patient, nobody.deepCopy().setAll(object("participantIds", array())), "recipientId");
    assertThat(bad(patient, to(ann), "recipientId")).isEqualTo("Cannot call yourself");
    assertThat(bad(patient, to(doc, ann), "participantIds")).isEqualTo("Cannot call yourself");
    bad(patient, to(doc).put("roomId", room), "roomId");
    bad(patient, to(doc, newId("x")).put("recipientId", doc), "participantIds");
    bad(patient, to(doc).put("callType", "phone"), "callType");
    bad(patient, object("recipientId", doc), "callType");
    bad(patient, nobody.deepCopy().put("roomId", "notifications:" + ann), "roomId");
    bad(patient, nobody.deepCopy().put("roomId", "topic:news"), "roomId");
    bad(patient, nobody.deepCopy().put("roomId", room).put("visitId", newId("v")), "visitId");
    bad(patient, to(doc).setAll(object("metadata", "text")), "metadata");
    refused(
        patient.request("call:reject", the("x").put("reason", "x".repeat(201))),
        "BAD_REQUEST",
        "reason");
    refused(patient.request("call:accept", object()), "BAD_REQUEST", "callId");
    bad(patient, nobody.deepCopy().put("roomId", "group:" + clinic.group(ann)), "roomId");
  }

  @Test
  void whoIsInACallOrIsRungIsBusy() {
    String bob = newId("bob");
    clinic.visit(bob, doc);
    TestClient caller = clinic.patient(ann);
    TestClient callee = clinic.provider(doc);
    TestClient another = clinic.patient(bob);
    String call = ring(caller, to(doc));
    callee.next("call:incoming");

    for (int i = 0; i < 2; i++) {
      JsonNode reply = ok(another.request("call:initiate", to(doc)));

      assertThat(reply.get("status").asText()).isEqualTo("rejected");
      String refused = reply.get("callId").asText();
      assertThat(another.next("call:busy"))
          .isEqualTo(object("callId", refused, "recipientId", doc));
      assertAllIsOver(another, doc, refused, "rejected");
      if (i == 0) {
        accept(callee, call);
      }
    }
    another.expectNone("call:ringing");
    another.expectNone("call:ended");
    callee.expectNone("call:incoming");
    end(caller, call);
    callee.next("call:ended");
    hold(another, to(doc), callee);
  }

  @Test
  void twoWhoCallEachOtherAreInOneCall() {
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    String call = ring(patient, to(doc));

    JsonNode reply = ok(provider.request("call:initiate", to(ann)));

    assertThat(reply.get("callId").asText()).isEqualTo(call);
    assertThat(reply.get("status").asText()).isEqualTo("accepted");
    assertThat(patient.next("call:accepted").get("recipientId").asText()).isEqualTo(doc);
    ok(patient.request("call:signal", Calling.signal(call, doc, "x")));
    provider.next("call:signal");
    patient.expectNone("call:incoming");
  }

  @Test
  void secondOfTwoWhoCallEachOtherMayRepeatIt() {
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    String call = ring(patient, to(doc));
    ok(provider.request("call:initiate", to(ann)));

    JsonNode again = ok(provider.request("call:initiate", to(ann)));

    assertThat(again.get("callId").asText()).isEqualTo(call);
    assertThat(again.get("status").asText()).isIn("accepted", "in_progress");
    patient.next("call:accepted");
    patient.expectNone("call:accepted");
  }

  @Test
  void twoWhoCallEachOtherAtTheSameMomentAreInOneCall() {
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    for (int i = 0; i < 3; i++) {
      CompletableFuture<JsonNode> one = patient.ask("call:initiate", to(doc));
      CompletableFuture<JsonNode> other = provider.ask("call:initiate", to(ann));

      List<JsonNode> replies =
          Stream.of(one, other).map(TestClient::await).map(Replies::ok).toList();

      assertThat(each(replies, "callId").stream().distinct()).hasSize(1);
      assertThat(each(replies, "status")).containsExactlyInAnyOrder("ringing", "accepted");
      boolean patientWasFirst = replies.getFirst().get("status").asText().equals("ringing");
      TestClient first = patientWasFirst ? patient : provider;
      TestClient second = patientWasFirst ? provider : patient;
      first.next("call:accepted");
      second.expectNone("call:accepted");
      String call = replies.getFirst().get("callId").asText();
      end(patient, call);
      provider.next("call:ended", ofCall(call));
      patient.next("call:ended", ofCall(call));
    }
  }

  @Test
  void repeatedInitiateIsTheSameCallAndRingsOnce() {
    TestClient caller = clinic.patient(ann);
    TestClient callee = clinic.provider(doc);
    String call = ring(caller, to(doc));

    assertThat(ring(caller, to(doc))).isEqualTo(call);

    callee.next("call:incoming");
    callee.expectNone("call:incoming");
    accept(callee, call);
    JsonNode again = ok(caller.request("call:initiate", to(doc)));
    assertThat(again.get("callId").asText()).isEqualTo(call);
    assertThat(again.get("status").asText()).isIn("accepted", "in_progress");
  }

  @Test
  void whoIsInACallCannotCallSomebodyElse() {
    String bob = newId("bob");
    clinic.group(ann, doc, bob);
    TestClient caller = clinic.patient(ann);
    TestClient tablet = clinic.patient(ann);
    TestClient callee = clinic.provider(doc);
    TestClient third = clinic.patient(bob);
    String call = hold(caller, to(doc), callee);

    for (TestClient busy : List.of(caller, callee, tablet)) {
      JsonNode reply = refused(busy.request("call:initiate", to(bob)), "WRONG_STATE");
      assertThat(reply.get("error").asText()).startsWith("You are in another call");
    }
    refused(tablet.request("call:initiate", to(doc)), "WRONG_STATE");
    third.expectNone("call:incoming");
    end(caller, call);
    ring(tablet, to(bob));
    third.next("call:incoming");
  }

  @Test
  void ofAcceptAndRejectAtTheSameMomentOneCounts() {
    TestClient caller = clinic.patient(ann);
    TestClient phone = clinic.provider(doc);
    TestClient tablet = clinic.provider(doc);
    for (int i = 0; i < 3; i++) {
      String call = ring(caller, to(doc));
      phone.next("call:incoming", ofCall(call));
      tablet.next("call:incoming", ofCall(call));

      CompletableFuture<JsonNode> accept = phone.ask("call:accept", the(call));
      CompletableFuture<JsonNode> reject = tablet.ask("call:reject", the(call));

      boolean isAccepted = isOk(TestClient.await(accept));
      if (isAccepted) {
        refused(TestClient.await(reject), "WRONG_STATE");
        caller.next("call:accepted", ofCall(call));
        tablet.next("call:answeredElsewhere", ofCall(call));
        end(caller, call);
      } else {
        refused(TestClient.await(accept), "WRONG_STATE");
        ok(TestClient.await(reject));
        caller.next("call:rejected", ofCall(call));
        phone.next("call:answeredElsewhere", ofCall(call));
      }
      caller.expectNone(isAccepted ? "call:rejected" : "call:accepted");
    }
  }

  @Test
  void ofTwoDevicesThatAcceptAtTheSameMomentOneIsInTheCall() {
    TestClient caller = clinic.patient(ann);
    TestClient phone = clinic.provider(doc);
    TestClient tablet = clinic.provider(doc);
    for (int i = 0; i < 3; i++) {
      String call = ring(caller, to(doc));
      phone.next("call:incoming", ofCall(call));
      tablet.next("call:incoming", ofCall(call));

      CompletableFuture<JsonNode> one = phone.ask("call:accept", the(call));
      CompletableFuture<JsonNode> other = tablet.ask("call:accept", the(call));

      boolean isPhone = isOk(TestClient.await(one));
      refused(TestClient.await(isPhone ? other : one), "WRONG_STATE");
      ok(TestClient.await(isPhone ? one : other));
      TestClient winner = isPhone ? phone : tablet;
      TestClient loser = isPhone ? tablet : phone;
      caller.next("call:accepted", ofCall(call));
      caller.expectNone("call:accepted");
      assertThat(loser.next("call:answeredElsewhere", ofCall(call)).get("socketId").asText())
          .isEqualTo(winner.socketId());
      winner.expectNone("call:answeredElsewhere");
      end(caller, call);
    }
  }

  @Test
  void whoLosesTheConnectionMayComeBack() {
    TestClient caller = clinic.patient(ann);
    TestClient phone = clinic.provider(doc);
    String call = hold(caller, to(doc), phone);
    TestClient tablet = clinic.provider(doc);

    JsonNode tooEarly = refused(tablet.request("call:join", the(call)), "WRONG_STATE");
    assertThat(tooEarly.get("error").asText()).isEqualTo("You are in this call on another device");
    phone.drop();
    JsonNode reply = Calling.rejoin(tablet, call);

    assertThat(reply.get("status").asText()).isIn("accepted", "in_progress");
    assertThat(states(reply)).containsExactly("joined", "joined");
    assertThat(caller.next("call:participantJoined"))
        .isEqualTo(object("callId", call, "userId", doc));
    ok(caller.request("call:signal", Calling.signal(call, doc, "x")));
    tablet.next("call:signal");
    ok(tablet.request("call:signal", Calling.signal(call, ann, "y")));
    caller.next("call:signal");
    caller.expectNone("call:participantLeft");
  }

  @Test
  void deviceThatConnectsAnewIsBackAtOnce() {
    TestClient caller = clinic.session(Tokens.patient(ann), "phone");
    TestClient callee = clinic.session(Tokens.provider(doc), "desk");
    String call = hold(caller, to(doc), callee);

    TestClient desk = clinic.session(Tokens.provider(doc), "desk");
    ok(desk.request("call:join", the(call)));
    caller.next("call:participantJoined", ofCall(call, doc));
    TestClient phone = clinic.session(Tokens.patient(ann), "phone");
    JsonNode again = ok(phone.request("call:initiate", to(doc)));

    assertThat(again.get("callId").asText()).isEqualTo(call);
    desk.next("call:participantJoined", ofCall(call, ann));
    ok(phone.request("call:signal", Calling.signal(call, doc, "x")));
    desk.next("call:signal");
    callee.expectNone("call:signal");
  }

  @Test
  void cancelledVisitEndsItsCall() {
    TestClient caller = clinic.patient(ann);
    TestClient callee = clinic.provider(doc);
    String call = hold(caller, to(doc).put("visitId", visit()), callee);

    clinic
        .backend()
        .put(
            "/visits/" + visit(),
            object("patientId", ann, "providerId", doc, "status", "cancelled"));

    for (TestClient client : List.of(caller, callee)) {
      JsonNode ended = client.next("call:ended");
      assertThat(ended.get("callId").asText()).isEqualTo(call);
      assertThat(ended.get("endedBy").isNull()).isTrue();
      assertThat(ended.get("reason").asText()).isEqualTo("visit_cancelled");
    }
  }

  @Test
  void whoIsTakenOffTheVisitIsOutOfItsCall() {
    TestClient caller = clinic.patient(ann);
    TestClient callee = clinic.provider(doc);
    String call = hold(caller, to(doc).put("visitId", visit()), callee);

    Clinic.putVisit(clinic.backend(), visit(), ann, newId("new"));

    assertThat(callee.next("call:ended").get("reason").asText()).isEqualTo("removed");
    assertThat(caller.next("call:participantLeft"))
        .isEqualTo(object("callId", call, "userId", doc, "reason", "removed"));
    assertThat(caller.next("call:ended").get("reason").asText()).isEqualTo("removed");
    refused(callee.request("call:signal", Calling.signal(call, ann, "x")), "WRONG_STATE");
    refused(caller.request("call:signal", Calling.signal(call, doc, "x")), "WRONG_STATE");
  }

  @Test
  void twoWhoShareNothingAnyLongerAreInNoCall() {
    String bob = newId("bob");
    String group = clinic.group(ann, bob);
    TestClient caller = clinic.patient(ann);
    TestClient callee = clinic.patient(bob);
    hold(caller, to(bob), callee);

    clinic.backend().put("/groups/" + group, object("members", List.of(ann, doc)));

    for (TestClient client : List.of(caller, callee)) {
      assertThat(client.next("call:ended").get("reason").asText()).isEqualTo("removed");
    }
    JsonNode reply = refused(caller.request("call:initiate", to(bob)), "ACCESS_DENIED");
    assertThat(reply.get("error").asText())
        .isEqualTo("You may only call people you share a visit or group with");
  }

  @Test
  void whoseTokenExpiresComesBackWithANewOne() {
    TestClient caller = clinic.patient(ann);
    String brief = Tokens.of(doc).role("provider").expiresIn(Duration.ofSeconds(2)).sign();
    TestClient callee = clinic.session(brief);
    String call = hold(caller, to(doc), callee);

    callee.next("session:expired");
    rejoin(clinic.provider(doc), call);

    caller.next("call:participantJoined", ofCall(call, doc));
    caller.expectNone("call:participantLeft");
  }

  @Test
  void initiationsAreSoManyAMinute() {
    TestClient caller = clinic.patient(ann);
    TestClient tablet = clinic.patient(ann);
    for (int i = 0; i < A_MINUTE; i++) {
      end(caller, ring(caller, to(doc)));
    }

    for (TestClient client : List.of(caller, tablet)) {
      JsonNode reply = refused(client.request("call:initiate", to(doc)), "RATE_LIMITED");
      assertThat(reply.get("retryAfterMs").asLong()).isBetween(1L, 60_000L);
    }
    ring(clinic.provider(doc), to(ann));
    caller.next("call:incoming");
  }

  private String visit() {
    return room.substring("visit:".length());
  }

  /** A good request of any event about a call. */
  private static ObjectNode about(String call, String other) {
    return Calling.signal(call, other, "x")
        .put("audio", true)
        .setAll(object("metrics", object("latency", 20)));
  }

  private static void assertAllIsOver(TestClient client, String other, String call, String status) {
    for (String event : ABOUT_A_CALL) {
      refused(client.request(event, about(call, other)), "WRONG_STATE");
    }
    for (String verb : List.of("join", "leave", "end")) {
      assertError(
          client.request("call:" + verb, the(call)),
          "Cannot " + verb + " call in " + status + " state");
    }
  }

  private static void assertError(JsonNode reply, String text) {
    assertThat(reply.path("error").asText()).as("%s", reply).isEqualTo(text);
  }

  private static String bad(TestClient client, JsonNode request, String field) {
    return refused(client.request("call:initiate", request), "BAD_REQUEST", field)
        .get("error")
        .asText();
  }

  private static Instant time(JsonNode event, String field) {
    return Instant.parse(event.get(field).asText());
  }
}
