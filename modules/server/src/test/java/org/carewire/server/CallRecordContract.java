package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Calling.accept;
import static org.carewire.server.Calling.end;
import static org.carewire.server.Calling.hold;
import static org.carewire.server.Calling.ring;
import static org.carewire.server.Calling.states;
import static org.carewire.server.Calling.the;
import static org.carewire.server.Calling.to;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.denied;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is known of a call: to those in it, to those who see them, and afterwards. */
abstract class CallRecordContract extends VisitContract {
  private static final Duration POLLED_EVERY = Duration.ofMillis(50);

  /** A second passes until samples are written. */
  private static final Duration SAMPLED = Duration.ofMillis(1_700);

  private static final ObjectNode GOOD =
      object("bitrate", 800, "packetsLost", 0.5, "jitter", 5, "latency", 50);
  private static final ObjectNode BAD =
      object("bitrate", 800, "packetsLost", 20, "jitter", 5, "latency", 50);

  private TestClient patient;
  private TestClient provider;

  @BeforeEach
  void connectBoth() {
    patient = clinic.patient(ann);
    provider = clinic.provider(doc);
  }

  @Test
  void recordIsAMessageInTheVisit() {
    String visit = room.substring("visit:".length());
    TestClient tablet = clinic.provider(doc);
    String call = hold(patient, to(doc).put("visitId", visit), provider);

    JsonNode reply = end(provider, call);

    JsonNode message = patient.next("message:new");
    assertThat(message.get("roomId").asText()).isEqualTo(room);
    assertThat(message.get("visitId").asText()).isEqualTo(visit);
    assertThat(message.get("senderId").asText()).isEqualTo(ann);
    assertThat(message.at("/metadata/messageType").asText()).isEqualTo("call");
    assertThat(message.at("/metadata/senderRole").asText()).isEqualTo("patient");
    for (TestClient client : List.of(provider, tablet)) {
      assertThat(client.next("message:new")).isEqualTo(message);
      client.expectNone("message:sent");
    }
    JsonNode record = message.at("/metadata/call");
    assertThat(record.get("callId").asText()).isEqualTo(call);
    assertThat(record.get("callType").asText()).isEqualTo("video");
    assertThat(record.get("status").asText()).isEqualTo("ended");
    assertThat(record.get("reason").asText()).isEqualTo("hangup");
    assertThat(record.get("endedBy").asText()).isEqualTo(doc);
    assertThat(record.get("callerId").asText()).isEqualTo(ann);
    assertThat(record.get("visitId").asText()).isEqualTo(visit);
    assertThat(record.get("roomId").asText()).isEqualTo(room);
    assertThat(record.get("duration")).isEqualTo(reply.get("duration"));
    assertThat(each(record.get("participants"), "userId")).containsExactly(ann, doc);
    assertThat(time(record, "startedAt")).isBeforeOrEqualTo(time(record, "acceptedAt"));
    assertThat(time(record, "acceptedAt")).isBeforeOrEqualTo(time(record, "endedAt"));
    JsonNode stored = ok(patient.request("message:history", object("roomId", room)));
    assertThat(stored.at("/messages/0/metadata")).isEqualTo(message.get("metadata"));
    assertThat(Calling.newest(provider)).isEqualTo(record);
    assertThat(ok(provider.request("call:history", object("visitId", visit))).get("calls"))
        .containsExactly(record);
  }

  @Test
  void recordOfACallWithoutVisitIsInTheRoomThatWasCalledElseInTheChat() {
    String bob = newId("bob");
    String group = clinic.group(ann, doc, bob);
    String chat = "chat:" + ann + ":" + doc;

    String declined = ring(patient, to(doc));
    ok(provider.request("call:reject", the(declined)));
    assertThat(callIn(provider.next("message:new"), chat)).isEqualTo(declined);
    String cancelled = ring(provider, to(ann));
    end(provider, cancelled);
    assertThat(callIn(provider.next("message:new"), chat)).isEqualTo(cancelled);
    String ofTheGroup = ring(patient, object("roomId", "group:" + group, "callType", "audio"));
    accept(provider, ofTheGroup);
    end(provider, ofTheGroup);
    assertThat(callIn(provider.next("message:new"), "group:" + group)).isEqualTo(ofTheGroup);
    String ofSeveral = ring(patient, to(doc, bob));
    end(patient, ofSeveral);

    JsonNode record = Calling.newest(patient);
    assertThat(record.get("callId").asText()).isEqualTo(ofSeveral);
    assertThat(record.has("roomId")).isFalse();
    provider.expectNone("message:new");
  }

  @Test
  void historyHasPagesOfOnesOwnCallsNewestFirstAndThoseThatGoOn() {
    String first = ring(patient, to(doc));
    ok(provider.request("call:reject", the(first)));
    String second = ring(provider, to(ann));
    end(provider, second);
    String third = ring(patient, to(doc));

    JsonNode page = ok(provider.request("call:history", object("limit", 2)));
    assertThat(each(page.get("calls"), "callId")).containsExactly(third, second);
    assertThat(page.get("hasMore").asBoolean()).isTrue();
    assertThat(each(page.get("calls"), "status")).containsExactly("ringing", "ended");
    assertThat(page.at("/calls/0").has("endedAt")).isFalse();
    JsonNode last =
        ok(provider.request("call:history", object("before", page.at("/calls/1/startedAt"))));
    assertThat(each(last.get("calls"), "callId")).containsExactly(first);
    assertThat(last.get("hasMore").asBoolean()).isFalse();
    assertThat(last.at("/calls/0/status").asText()).isEqualTo("rejected");
  }

  @Test
  void historyIsForThoseInTheVisitAndForAdmins() {
    String visit = room.substring("visit:".length());
    TestClient stranger = clinic.provider(newId("zed"));
    TestClient admin = clinic.admin(newId("wes"));
    String call = ring(patient, to(doc).put("visitId", visit));
    end(patient, call);
    ring(patient, to(doc));

    for (ObjectNode asked : List.of(object("visitId", visit), object("userId", ann))) {
      denied(stranger.request("call:history", asked));
    }
    denied(patient.request("call:history", object("userId", doc)));
    assertThat(ok(stranger.request("call:history", object())).get("calls")).isEmpty();
    for (TestClient asker : List.of(patient, provider)) {
      assertThat(calls(asker, object("visitId", visit))).containsExactly(call);
    }
    assertThat(calls(patient, object("userId", ann))).hasSize(2).contains(call);
    assertThat(calls(admin, object("userId", ann))).hasSize(2).contains(call);
    for (ObjectNode bad :
        List.of(
            object("limit", 0),
            object("limit", 201),
            object("before", "yesterday"),
            object("visitId", visit, "userId", ann))) {
      refused(patient.request("call:history", bad), "BAD_REQUEST");
    }
  }

  @Test
  void mediaThatChangesIsToldToTheOthersWhoAreIn() {
    String bob = newId("bob");
    clinic.group(ann, doc, bob);
    TestClient third = clinic.patient(bob);
    String call = ring(patient, to(doc, bob).put("callType", "audio"));
    accept(provider, call);
    refused(third.request("call:media", the(call).put("audio", false)), "WRONG_STATE");

    ok(patient.request("call:media", the(call).put("video", true)));
    assertMedia(provider.next("call:media"), call, true, true, false);
    ok(patient.request("call:media", the(call).put("audio", false).put("screen", true)));
    assertMedia(provider.next("call:media"), call, false, true, true);

    for (TestClient client : List.of(patient, third)) {
      client.expectNone("call:media");
    }
    JsonNode participants = accept(third, call).get("participants");
    assertThat(each(participants, "audio")).containsExactly("false", "true", "true");
    assertThat(each(participants, "video")).containsExactly("true", "false", "false");
    assertThat(each(participants, "screen")).containsExactly("true", "false", "false");
    refused(patient.request("call:media", the(call).put("audio", "off")), "BAD_REQUEST", "audio");
  }

  @Test
  void whoIsInACallIsSeenSoFromTheAnswerToTheEnd() {
    TestClient watcher = clinic.admin(newId("wes"));
    ok(watcher.request("presence:subscribe", object("userIds", array(ann, doc))));
    String call = ring(patient, to(doc));
    provider.next("call:incoming");
    assertThat(statuses(watcher)).doesNotContain("in_call");

    accept(provider, call);
    nextStatus(watcher, ann, "in_call");
    nextStatus(watcher, doc, "in_call");

    end(provider, call);
    nextStatus(watcher, ann, "online");
    nextStatus(watcher, doc, "online");
  }

  @Test
  void whoReceivesBadlyIsToldToTheOthersAndAdvisedAndSummarisedInTheRecord() {
    String call = hold(patient, to(doc), provider);
    long began = System.nanoTime();

    for (int i = 0; i < 2; i++) {
      assertThat(report(patient, call, BAD).has("advice")).isFalse();
    }
    provider.expectNone("call:qualityIssue");
    JsonNode advice = report(patient, call, BAD).get("advice");

    assertThat(advice).isEqualTo(object("maxBitrate", 1_000, "maxHeight", 480, "video", true));
    JsonNode issue = provider.next("call:qualityIssue");
    assertThat(issue.get("userId").asText()).isEqualTo(ann);
    assertThat(issue.get("issue").asText()).isEqualTo("high_packet_loss");
    assertThat(issue.at("/metrics/packetsLost").asDouble()).isEqualTo(20);
    JsonNode advised = patient.next("call:qualityAdvice");
    assertThat(advised.get("callId").asText()).isEqualTo(call);
    assertThat(advised.get("maxHeight").asInt()).isEqualTo(480);
    do {
      LockSupport.parkNanos(POLLED_EVERY.toNanos());
      report(patient, call, GOOD);
    } while (System.nanoTime() - began < SAMPLED.toNanos());
    patient.next("call:qualityAdvice", back -> back.get("maxHeight").asInt() == 720);
    end(patient, call);

    JsonNode summary = Calling.newest(provider).at("/quality/0");
    assertThat(summary.get("userId").asText()).isEqualTo(ann);
    assertThat(summary.get("samples").asLong()).isBetween(1L, 3L);
    assertThat(summary.at("/metrics/latency"))
        .isEqualTo(object("min", 50.0, "median", 50.0, "p95", 50.0));
    assertThat(summary.get("metrics").has("audioLevel")).isFalse();
    provider.expectNone("call:qualityIssue");
  }

  @Test
  void reportOfWhatCannotBeIsRefused() {
    String call = hold(patient, to(doc), provider);

    refused(patient.request("call:quality", the(call)), "BAD_REQUEST", "metrics");
    for (ObjectNode bad :
        List.of(
            object("packetsLost", 101),
            object("latency", -1),
            object("jitter", "5"),
            object("audioLevel", 1.5),
            object("videoResolution", "HD"))) {
      String field = bad.fieldNames().next();
      refused(
          patient.request("call:quality", the(call).set("metrics", bad)),
          "BAD_REQUEST",
          "metrics." + field);
    }
    ok(patient.request("call:quality", the(call).set("metrics", object())));
    assertThat(states(accept(provider, call))).containsExactly("joined", "joined");
  }

  private static JsonNode report(TestClient client, String call, ObjectNode metrics) {
    return ok(client.request("call:quality", the(call).set("metrics", metrics)));
  }

  private static List<String> calls(TestClient client, ObjectNode asked) {
    return each(ok(client.request("call:history", asked)).get("calls"), "callId");
  }

  private static String callIn(JsonNode message, String room) {
    assertThat(message.get("roomId").asText()).isEqualTo(room);
    return message.at("/metadata/call/callId").asText();
  }

  private void assertMedia(
      JsonNode event, String call, boolean audio, boolean video, boolean screen) {
    assertThat(event)
        .isEqualTo(
            object(
                "callId", call, "userId", ann, "audio", audio, "video", video, "screen", screen));
  }

  private static List<String> statuses(TestClient watcher) {
    watcher.fence();
    return each(watcher.takeAll("presence:changed"), "status");
  }

  private static void nextStatus(TestClient watcher, String user, String status) {
    watcher.next(
        "presence:changed",
        changed ->
            changed.get("userId").asText().equals(user)
                && changed.get("status").asText().equals(status));
  }

  private static Instant time(JsonNode record, String field) {
    return Instant.parse(record.get(field).asText());
  }
}
