package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.denied;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.util.List;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may enter which room. */
abstract class RoomAccessContract extends Contract {
  private String ann = "";
  private String doc = "";
  private String eve = "";
  private String zed = "";
  private String visitId = "";

  /** Ann and doc share a visit; eve, a patient, and zed, a provider, share nothing with anyone. */
  @BeforeEach
  void openVisit() {
    ann = newId("ann");
    doc = newId("doc");
    eve = newId("eve");
    zed = newId("zed");
    visitId = clinic.visit(ann, doc);
  }

  @Test
  void visitAndItsCallAreForItsParticipants() {
    String third = newId("sis");
    visitId = clinic.visit(ann, doc, third);

    for (String room : List.of("visit:" + visitId, "call:" + visitId)) {
      ok(join(clinic.patient(ann), room));
      ok(join(clinic.provider(doc), room));
      ok(join(clinic.patient(third), room));
      assertDenied(join(clinic.patient(eve), room));
      assertDenied(join(clinic.provider(zed), room));
    }
  }

  @Test
  void groupIsForItsMembers() {
    String room = "group:" + clinic.group(ann, doc);

    ok(join(clinic.patient(ann), room));
    ok(join(clinic.provider(doc), room));
    assertDenied(join(clinic.patient(eve), room));
    assertDenied(join(clinic.provider(zed), room));
  }

  @Test
  void chatIsForTwoWhoShareAVisit() {
    String room = "chat:" + ann + ":" + doc;

    ok(join(clinic.patient(ann), room));
    ok(join(clinic.provider(doc), room));
    assertDenied(join(clinic.patient(eve), room));
    assertDenied(join(clinic.provider(zed), room));
  }

  @Test
  void chatIsForTwoWhoShareAGroup() {
    clinic.group(ann, eve);

    ok(join(clinic.patient(ann), "chat:" + ann + ":" + eve));
    ok(join(clinic.patient(eve), "chat:" + ann + ":" + eve));
  }

  @Test
  void patientsWhoShareNothingHaveNoChat() {
    assertDenied(join(clinic.patient(ann), "chat:" + ann + ":" + eve));
    assertDenied(join(clinic.patient(eve), "chat:" + ann + ":" + eve));
  }

  @Test
  void providerAndAdminMayChatWithAnyone() {
    String boss = newId("wes");

    ok(join(clinic.provider(zed), "chat:" + eve + ":" + zed));
    ok(join(clinic.admin(boss), "chat:" + eve + ":" + boss));
  }

  @Test
  void notificationsAreForTheirUser() {
    ok(join(clinic.patient(ann), "notifications:" + ann));
    assertDenied(join(clinic.patient(eve), "notifications:" + ann));
    assertDenied(join(clinic.provider(doc), "notifications:" + ann));
  }

  @Test
  void topicIsForAnyUser() {
    ok(join(clinic.patient(eve), "topic:flu-season"));
    ok(join(clinic.provider(zed), "topic:flu-season"));
  }

  @Test
  void typeAndMetadataOfTheRequestOpenNothing() {
    TestClient stranger = clinic.patient(eve);
    var request =
        object(
            "roomId",
            "visit:" + visitId,
            "roomType",
            "notification",
            "metadata",
            object("participants", List.of(eve), "role", "admin"));

    assertDenied(stranger.request("room:join", request));
  }

  @Test
  void strangerMayNotAskWhoIsThere() {
    denied(clinic.patient(eve).request("room:participants", object("roomId", "visit:" + visitId)));
  }

  @Test
  void adminEntersAnyRoomAndTheAuditLogRecordsIt() throws SQLException {
    String boss = newId("wes");
    String group = "group:" + clinic.group(ann, doc);
    TestClient admin = clinic.admin(boss);

    assertThat(auditRows(boss)).isZero();
    ok(join(admin, "visit:" + visitId));
    ok(join(admin, group));
    ok(join(admin, "chat:" + ann + ":" + doc));
    awaitAuditRows(boss, 3);
  }

  @Test
  void memberWhoEntersIsNotAudited() throws SQLException {
    String boss = newId("wes");
    ok(join(clinic.patient(ann), "visit:" + visitId));

    ok(join(clinic.admin(boss), "visit:" + visitId));
    awaitAuditRows(boss, 1);
    assertThat(auditRows(ann)).isZero();
  }

  @Test
  void adminLearnsThatARoomIsNotThere() {
    TestClient admin = clinic.admin(newId("wes"));

    refused(join(admin, "visit:" + newId("none")), "NOT_FOUND");
    refused(join(admin, "group:" + newId("none")), "NOT_FOUND");
  }

  private static JsonNode join(TestClient client, String room) {
    return client.request("room:join", object("roomId", room));
  }

  private static void assertDenied(JsonNode reply) {
    denied(reply);
    assertThat(reply.get("error").asText()).isEqualTo("Access denied to this room");
  }

  /** The log may be written a little later. */
  private void awaitAuditRows(String actorId, int expected) throws SQLException {
    long giveUpAt = System.nanoTime() + TestClient.DEADLINE.toNanos();
    while (auditRows(actorId) < expected && System.nanoTime() < giveUpAt) {
      Thread.onSpinWait();
    }
    assertThat(auditRows(actorId)).isEqualTo(expected);
  }

  private int auditRows(String actorId) throws SQLException {
    try (var connection = clinic.node().database().connect();
        var query =
            connection.prepareStatement("select count(action) from audit where actor_id = ?")) {
      query.setString(1, actorId);
      try (var rows = query.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }
}
