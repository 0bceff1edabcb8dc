package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Calling.accept;
import static org.carewire.server.Calling.end;
import static org.carewire.server.Calling.ofCall;
import static org.carewire.server.Calling.ring;
import static org.carewire.server.Calling.the;
import static org.carewire.server.Calling.to;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Who finds a notification of a call that is over. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MissedCallTest {
  private static final Duration RINGS = Duration.ofSeconds(1);

  private Clinic clinic;
  private String ann;
  private String doc;
  private String visit;
  private TestClient caller;
  private TestClient callee;

  @BeforeAll
  void open() {
    clinic =
        Clinic.open(
            Described.by(WebSocketTestClient.TRANSPORT),
            Map.of("calls.ringTimeout", RINGS.toMillis() + "ms"));
  }

  @BeforeEach
  void aVisitOfTwo() {
    ann = newId("ann");
    doc = newId("doc");
    visit = clinic.visit(ann, doc);
    caller = clinic.patient(ann);
    callee = clinic.provider(doc);
  }

  @AfterEach
  void sendAllHome() {
    clinic.sendAllHome();
  }

  @AfterAll
  void close() {
    clinic.close();
  }

  @Test
  void whoDoesNotAnswerIsNotifiedOnce() {
    String call = ring(caller, to(doc).put("visitId", visit));
    callee.next("call:missed", ofCall(call));

    JsonNode notification = callee.next("notification:new");

    assertIsOf(call, notification);
    assertThat(callee.next("notification:unreadCount").get("unreadCount").asInt()).isEqualTo(1);
    assertHas(callee, 1);
    callee.expectNone("notification:new");
    assertHas(caller, 0);
  }

  @Test
  void whoIsRungAndHungUpOnIsNotified() {
    String call = ring(caller, to(doc).put("visitId", visit));
    callee.next("call:incoming", ofCall(call));
    end(caller, call);

    assertIsOf(call, callee.next("notification:new"));

    assertHas(callee, 1);
    assertHas(caller, 0);
  }

  @Test
  void whoWasNotThereFindsItOnReturn() {
    callee.close();
    String call = ring(caller, to(doc).put("visitId", visit));
    caller.next("call:missed", ofCall(call));
    caller.next("message:new");

    TestClient back = clinic.provider(doc);

    assertHas(back, 1);
  }

  @Test
  void whoRejectsIsBusyOrAnswersIsNotNotified() {
    String rejected = ring(caller, to(doc).put("visitId", visit));
    ok(callee.request("call:reject", the(rejected)));
    caller.next("call:rejected", ofCall(rejected));
    String answered = ring(caller, to(doc).put("visitId", visit));
    accept(callee, answered);
    String eve = newId("eve");
    String other = clinic.visit(eve, doc);
    TestClient third = clinic.patient(eve);
    ok(third.request("call:initiate", to(doc).put("visitId", other)));
    third.next("call:busy");
    end(caller, answered);
    callee.next("call:ended", ofCall(answered));

    // One that is missed comes after all of these.
    String missed = ring(caller, to(doc).put("visitId", visit));
    end(caller, missed);

    assertIsOf(missed, callee.next("notification:new"));
    assertHas(callee, 1);
    callee.expectNone("notification:new");
  }

  private void assertIsOf(String call, JsonNode notification) {
    assertThat(notification.get("type").asText()).isEqualTo("call_missed");
    assertThat(notification.get("priority").asText()).isEqualTo("high");
    assertThat(notification.get("data"))
        .isEqualTo(object("callId", call, "callerId", ann, "callType", "video", "visitId", visit));
  }

  private static void assertHas(TestClient client, int unread) {
    JsonNode reply = ok(client.request("notification:getUnreadCount", object()));
    assertThat(reply.get("unreadCount").asInt()).isEqualTo(unread);
  }
}
