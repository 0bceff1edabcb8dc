package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What watchers of one node are told, from the first subscription to the end of the right to it.
 */
class WatchingTest {
  private static final Duration AFTER_GRACE = Duration.ofSeconds(8);

  private final Clinic clinic =
      Clinic.open(WebSocketTestClient.TRANSPORT, Map.of("limits.presenceSubscriptions", "2"));
  private final String ann = newId("ann");
  private final String doc = newId("doc");
  private final String visit = clinic.visit(ann, doc);

  @AfterEach
  void close() {
    clinic.close();
  }

  @Test
  void watcherIsToldHowItIsThenOfEachChange() {
    TestClient patient = clinic.patient(ann);

    JsonNode before = watch(patient, doc);
    TestClient provider = clinic.provider(doc);

    assertThat(before.path("status").asText()).isEqualTo("offline");
    assertThat(changed(patient, "online").path("userId").asText()).isEqualTo(doc);
    ok(provider.request("presence:setStatus", object("status", "busy", "customStatus", "rounds")));
    assertThat(changed(patient, "busy").path("customStatus").asText()).isEqualTo("rounds");
    assertThat(provider.next("presence:statusUpdated").path("status").asText()).isEqualTo("busy");
    provider.drop();
    patient.next(
        "presence:changed",
        change -> change.path("status").asText().equals("offline"),
        AFTER_GRACE);
  }

  @Test
  void initialComesBeforeTheReply() {
    TestClient patient = clinic.patient(ann);

    ok(patient.request("presence:subscribe", object("userIds", array(doc))));

    assertThat(patient.takeAll("presence:initial")).hasSize(1);
  }

  @Test
  void whoWatchesAsManyAsAllowedIsToldWhatToDo() {
    TestClient admin = clinic.admin(newId("admin"));
    ok(admin.request("presence:subscribe", object("userIds", array(ann, doc))));
    // Those that it watches already count once.
    ok(admin.request("presence:subscribe", object("userIds", array(ann))));

    JsonNode reply = admin.request("presence:subscribe", object("userIds", array("third")));

    refused(reply, "BAD_REQUEST");
    assertThat(reply.path("field").asText()).isEqualTo("userIds");
    assertThat(reply.path("error").asText()).contains("2 users", "unsubscribe");
    ok(admin.request("presence:unsubscribe", object("userIds", array(ann))));
    refused(admin.request("presence:subscribe", object("userIds", array("third"))), "NOT_FOUND");
  }

  @Test
  void refusedSubscriptionLeavesNothingBehind() {
    TestClient patient = clinic.patient(ann);
    String stranger = newId("stranger");

    refused(
        patient.request("presence:subscribe", object("userIds", array(doc, stranger))),
        "ACCESS_DENIED");
    TestClient provider = clinic.provider(doc);
    watch(provider, ann);
    ok(provider.request("presence:setStatus", object("status", "busy")));
    provider.next("presence:statusUpdated");

    // The room for two is free again.
    patient.expectNone("presence:changed");
    assertThat(watch(patient, doc).path("status").asText()).isEqualTo("busy");
  }

  @Test
  void deviceThatReturnsWatchesAgainAndIsAsIdleAsItWas() {
    TestClient patient = clinic.patient(ann);
    watch(patient, doc);
    TestClient phone = clinic.session(Tokens.provider(doc), "phone");
    changed(patient, "online");
    ok(phone.request("presence:activity", object("idle", true)));
    changed(patient, "away");
    ok(phone.request("presence:subscribe", object("userIds", array(ann))));
    phone.next("presence:initial");
    phone.drop();

    TestClient again = clinic.session(Tokens.provider(doc), "phone");

    assertThat(each(again.next("presence:initial").path("presences"), "userId"))
        .containsExactly(ann);
    ok(patient.request("presence:setStatus", object("status", "busy")));
    changed(again, "busy");
    patient.expectNone("presence:changed");
  }

  @Test
  void whoIsTakenOffTheVisitIsToldNothingMore() {
    TestClient patient = clinic.patient(ann);
    watch(patient, doc);
    TestClient provider = clinic.provider(doc);
    changed(patient, "online");
    TestClient admin = clinic.admin(newId("admin"));
    watch(admin, doc);

    Clinic.putVisit(clinic.backend(), visit, ann, newId("other"));
    ok(provider.request("presence:setStatus", object("status", "busy")));

    changed(admin, "busy");
    patient.expectNone("presence:changed");
    refused(patient.request("presence:subscribe", object("userIds", array(doc))), "ACCESS_DENIED");
  }

  @Test
  void whoStillSharesAnotherVisitGoesOnWatching() {
    clinic.visit(ann, doc);
    TestClient patient = clinic.patient(ann);
    watch(patient, doc);
    TestClient provider = clinic.provider(doc);
    changed(patient, "online");

    Clinic.putVisit(clinic.backend(), visit, ann, newId("other"));
    ok(provider.request("presence:setStatus", object("status", "busy")));

    changed(patient, "busy");
    assertThat(patient.takeAll("presence:initial")).isEmpty();
  }

  private static JsonNode watch(TestClient client, String user) {
    ok(client.request("presence:subscribe", object("userIds", array(user))));
    return client.next("presence:initial").path("presences").get(0);
  }

  private static JsonNode changed(TestClient client, String status) {
    return client.next("presence:changed", change -> change.path("status").asText().equals(status));
  }
}
