package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Calling.accept;
import static org.carewire.server.Calling.end;
import static org.carewire.server.Calling.hold;
import static org.carewire.server.Calling.ofCall;
import static org.carewire.server.Calling.ring;
import static org.carewire.server.Calling.states;
import static org.carewire.server.Calling.the;
import static org.carewire.server.Calling.to;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.denied;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.IntStream;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A call of three and more. */
abstract class GroupCallContract extends VisitContract {
  private String bob = "";
  private String group = "";
  private TestClient patient;
  private TestClient provider;
  private TestClient third;

  @BeforeEach
  void openGroup() {
    bob = newId("bob");
    group = clinic.group(ann, doc, bob);
    patient = clinic.patient(ann);
    provider = clinic.provider(doc);
    third = clinic.patient(bob);
  }

  @Test
  void allAreRungAndEachWhoAnswersIsToldToThoseWhoAreIn() {
    String call = ring(patient, to(doc, bob));
    for (TestClient callee : List.of(provider, third)) {
      JsonNode rung = callee.next("call:incoming");
      assertThat(each(rung.get("participants"), "userId")).containsExactly(ann, doc, bob);
      assertThat(states(rung)).containsExactly("joined", "ringing", "ringing");
    }
    assertThat(List.of(patient.next("call:ringing"), patient.next("call:ringing")))
        .extracting(ringing -> ringing.get("userId").asText())
        .containsExactlyInAnyOrder(doc, bob);

    assertThat(states(accept(provider, call))).containsExactly("joined", "joined", "ringing");
    assertThat(patient.next("call:accepted").get("recipientId").asText()).isEqualTo(doc);
    assertThat(states(accept(third, call))).containsExactly("joined", "joined", "joined");

    assertThat(patient.next("call:accepted").get("recipientId").asText()).isEqualTo(bob);
    assertThat(provider.next("call:participantJoined"))
        .isEqualTo(object("callId", call, "userId", bob));
    patient.expectNone("call:participantJoined");
    third.expectNone("call:participantJoined");
  }

  @Test
  void whoLeavesMayComeBackAndTheLastOneIsNotLeftAlone() {
    String call = everyoneIn();

    JsonNode reply = ok(provider.request("call:leave", the(call)));
    assertThat(states(reply)).containsExactly("joined", "left", "joined");
    assertThat(reply.get("iceServers")).isEmpty();
    for (TestClient other : List.of(patient, third)) {
      assertThat(other.next("call:participantLeft"))
          .isEqualTo(object("callId", call, "userId", doc, "reason", "left"));
      other.expectNone("call:ended");
    }
    ok(provider.request("call:leave", the(call)));
    patient.expectNone("call:participantLeft");

    TestClient tablet = clinic.provider(doc);
    assertThat(states(ok(tablet.request("call:join", the(call)))))
        .containsExactly("joined", "joined", "joined");
    patient.next("call:participantJoined", ofCall(call, doc));
    third.next("call:participantJoined", ofCall(call, doc));

    ok(patient.request("call:leave", the(call)));
    tablet.next("call:participantLeft", ofCall(call, ann));
    tablet.expectNone("call:ended");
    ok(tablet.request("call:leave", the(call)));
    third.next("call:participantLeft", ofCall(call, doc));
    assertThat(third.next("call:ended").get("reason").asText()).isEqualTo("left");
    refused(provider.request("call:join", the(call)), "WRONG_STATE");
  }

  @Test
  void callerMayLeaveWhileTheOthersGoOn() {
    String call = everyoneIn();

    ok(patient.request("call:leave", the(call)));

    provider.next("call:participantLeft", ofCall(call, ann));
    third.next("call:participantLeft", ofCall(call, ann));
    ok(provider.request("call:signal", Calling.signal(call, bob, "x")));
    third.next("call:signal");
    provider.expectNone("call:ended");
    ok(patient.request("call:join", the(call)));
    provider.next("call:participantJoined", ofCall(call, ann));
  }

  @Test
  void whoDeclinesLeavesTheOthersToIt() {
    String call = ring(patient, to(doc, bob));
    provider.next("call:incoming");

    JsonNode reply = ok(provider.request("call:reject", the(call).put("reason", "Later")));

    assertThat(reply.get("callId").asText()).isEqualTo(call);
    assertThat(patient.next("call:rejected").get("recipientId").asText()).isEqualTo(doc);
    accept(third, call);
    assertThat(patient.next("call:accepted").get("recipientId").asText()).isEqualTo(bob);
    assertThat(states(ok(provider.request("call:join", the(call)))))
        .containsExactly("joined", "joined", "joined");
    patient.next("call:participantJoined", ofCall(call, doc));
    third.next("call:participantJoined", ofCall(call, doc));
  }

  @Test
  void callThatAllDeclineIsRejected() {
    String call = ring(patient, to(doc, bob));
    provider.next("call:incoming");
    third.next("call:incoming");

    ok(provider.request("call:reject", the(call)));
    ok(third.request("call:reject", the(call)));

    assertThat(List.of(patient.next("call:rejected"), patient.next("call:rejected")))
        .extracting(rejected -> rejected.get("recipientId").asText())
        .containsExactly(doc, bob);
    assertThat(patient.next("call:ended").get("reason").asText()).isEqualTo("declined");
    assertThat(Calling.newest(patient).get("status").asText()).isEqualTo("rejected");
  }

  @Test
  void whoIsBusyIsInvitedAndMayJoinLater() {
    String kim = newId("kim");
    TestClient friend = clinic.patient(kim);
    String other = hold(provider, to(kim), friend);

    String call = ring(patient, to(doc, bob));

    assertThat(patient.next("call:busy"))
        .isEqualTo(object("callId", call, "recipientId", doc));
    assertThat(patient.next("call:ringing").get("userId").asText()).isEqualTo(bob);
    assertThat(states(accept(third, call))).containsExactly("joined", "invited", "joined");
    provider.expectNone("call:incoming");
    JsonNode refused = refused(provider.request("call:join", the(call)), "WRONG_STATE");
    assertThat(refused.get("error").asText()).startsWith("You are in another call");

    end(friend, other);
    provider.next("call:ended", ofCall(other));
    assertThat(states(ok(provider.request("call:join", the(call)))))
        .containsExactly("joined", "joined", "joined");
    patient.next("call:participantJoined", ofCall(call, doc));
  }

  @Test
  void callToNobodyButBusyOnesIsRejected() {
    String kim = newId("kim");
    clinic.group(ann, kim);
    hold(provider, to(bob), third);

    JsonNode reply = ok(patient.request("call:initiate", to(doc, bob)));

    assertThat(reply.get("status").asText()).isEqualTo("rejected");
    assertThat(List.of(patient.next("call:busy"), patient.next("call:busy")))
        .extracting(busy -> busy.get("recipientId").asText())
        .containsExactlyInAnyOrder(doc, bob);
    ring(patient, to(kim));
  }

  @Test
  void whoIsInEndsItForEveryoneThoseWhoAreStillRungIncluded() {
    TestClient thirdsOther = clinic.patient(bob);
    String call = ring(patient, to(doc, bob));
    accept(provider, call);
    third.next("call:incoming");

    end(provider, call);

    for (TestClient client : List.of(patient, provider, third, thirdsOther)) {
      JsonNode ended = client.next("call:ended");
      assertThat(ended.get("callId").asText()).isEqualTo(call);
      assertThat(ended.get("endedBy").asText()).isEqualTo(doc);
      assertThat(ended.get("reason").asText()).isEqualTo("hangup");
    }
    refused(third.request("call:accept", the(call)), "WRONG_STATE");
  }

  @Test
  void roomCallsItsOtherMembers() {
    String visit = clinic.visit(ann, doc, bob);
    for (String called : List.of("group:" + group, "visit:" + visit, "call:" + visit)) {
      String call = ring(patient, ofRoom(called));

      for (TestClient callee : List.of(provider, third)) {
        JsonNode rung = callee.next("call:incoming", ofCall(call));
        assertThat(each(rung.get("participants"), "userId"))
            .startsWith(ann)
            .containsExactlyInAnyOrder(ann, doc, bob);
        assertThat(rung.path("visitId").asText())
            .isEqualTo(called.startsWith("group") ? "" : visit);
      }
      end(patient, call);
    }
    String call = ring(patient, ofRoom("chat:" + doc + ":" + ann));
    provider.next("call:incoming", ofCall(call));
    third.expectNone("call:missed");
    assertThat(third.takeAll("call:incoming")).isEmpty();
  }

  @Test
  void roomThatOneIsNoMemberOfIsNotCalled() {
    TestClient stranger = clinic.provider(newId("zed"));
    for (String called :
        List.of("group:" + group, room, "chat:" + ann + ":" + doc, "visit:" + newId("none"))) {
      denied(stranger.request("call:initiate", ofRoom(called)));
    }
    patient.expectNone("call:incoming");
  }

  @Test
  void callHasSixParticipantsAtMost() {
    List<String> five = IntStream.range(0, 5).mapToObj(i -> newId("u")).toList();
    String sixth = newId("u");
    ObjectNode six = object("participantIds", List.of(sixth, five.get(0), five.get(1), five.get(2), five.get(3), five.get(4)), "callType", "audio");

    JsonNode tooMany = provider.request("call:initiate", six);
    refused(tooMany, "BAD_REQUEST", "participantIds");
    assertThat(tooMany.get("error").asText()).isEqualTo("A call has at most 6 participants");
    String large = clinic.group(doc, sixth, five.get(0), five.get(1), five.get(2), five.get(3), five.get(4));
    refused(provider.request("call:initiate", ofRoom("group:" + large)), "BAD_REQUEST", "roomId");
    ring(provider, object("participantIds", five, "callType", "audio"));
  }

  private static ObjectNode ofRoom(String room) {
    return object("roomId", room, "callType", "video");
  }

  private String everyoneIn() {
    String call = ring(patient, to(doc, bob));
    accept(provider, call);
    accept(third, call);
    provider.next("call:participantJoined", ofCall(call, bob));
    return call;
  }
}
