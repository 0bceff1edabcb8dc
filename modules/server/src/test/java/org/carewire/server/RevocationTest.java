package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.denied;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is taken off a visit or a care team is out of its room within a second. */
class RevocationTest {
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private static Clinic clinic;

  private String ann = "";
  private String doc = "";
  private String ben = "";

  @BeforeAll
  static void openClinic() {
    clinic = Clinic.open();
  }

  @AfterAll
  static void closeClinic() {
    clinic.close();
  }

  @BeforeEach
  void namePeople() {
    ann = newId("ann");
    doc = newId("doc");
    ben = newId("ben");
  }

  @AfterEach
  void sendAllHome() {
    clinic.sendAllHome();
  }

  @Test
  void whoIsTakenOffAVisitIsOut() {
    String visitId = clinic.visit(ann, doc, ben);

    assertIsOut("visit:" + visitId, () -> Clinic.putVisit(clinic.backend(), visitId, ann, doc));
  }

  @Test
  void whoIsTakenOffAVisitIsOutOfItsCallRoomToo() {
    String visitId = clinic.visit(ann, doc, ben);
    String call = "call:" + visitId;
    TestClient patient = joined(clinic.patient(ann), call);
    TestClient removed = joined(clinic.provider(ben), call);

    Clinic.putVisit(clinic.backend(), visitId, ann, doc);

    assertThat(patient.next("room:userLeft", AT_ONCE).get("socketId").asText())
        .isEqualTo(removed.socketId());
    denied(removed.request("room:join", object("roomId", call)));
  }

  @Test
  void whoIsTakenOffACareTeamIsOut() {
    String groupId = clinic.group(ann, doc, ben);

    assertIsOut(
        "group:" + groupId,
        () ->
            assertThat(
                    clinic
                        .backend()
                        .put("/groups/" + groupId, object("members", array(ann, doc)))
                        .status())
                .isEqualTo(200));
  }

  @Test
  void whoComesBackSeesTheRoomAgain() {
    String visitId = clinic.visit(ann, doc, ben);
    TestClient back = clinic.provider(ben);
    Clinic.putVisit(clinic.backend(), visitId, ann, doc);
    Clinic.putVisit(clinic.backend(), visitId, ann, doc, ben);

    joined(back, "visit:" + visitId);
    ok(send(clinic.patient(ann), "visit:" + visitId));

    back.next("message:new");
  }

  @Test
  void joinsUnderWayDoNotOutlastTheRemoval() {
    String visitId = clinic.visit(ann, doc, ben);
    String room = "visit:" + visitId;
    TestClient patient = joined(clinic.patient(ann), room);
    TestClient removed = clinic.provider(ben);

    var joins = new ArrayList<CompletableFuture<JsonNode>>();
    var removal =
        CompletableFuture.runAsync(() -> Clinic.putVisit(clinic.backend(), visitId, ann, doc));
    // As many as the rate limits let through; they take longer than the removal.
    while (joins.size() < 1_000) {
      joins.add(removed.ask("room:join", object("roomId", room)));
    }
    joins.forEach(TestClient::await);
    removal.join();

    denied(join(removed, room));
    ok(patient.request("typing:start", object("roomId", room)));
    removed.expectNone("typing:start");
  }

  @Test
  void whoNoLongerSharesAnythingIsOutOfTheChat() {
    String groupId = clinic.group(ann, ben);
    String chat = "chat:" + ann + ":" + ben;
    TestClient one = joined(clinic.patient(ann), chat);
    TestClient other = joined(clinic.patient(ben), chat);
    ok(send(one, chat));
    other.next("message:new");

    clinic.backend().put("/groups/" + groupId, object("members", array(ann)));

    for (TestClient out : List.of(one, other)) {
      denied(send(out, chat));
      denied(join(out, chat));
      denied(out.request("message:history", object("roomId", chat)));
      JsonNode rooms = ok(out.request("room:list", object())).get("rooms");
      assertThat(each(rooms, "roomId")).doesNotContain(chat);
    }
    TestClient admin = joined(clinic.admin(newId("wes")), chat);
    ok(admin.request("typing:start", object("roomId", chat)));
    one.expectNone("typing:start");
    other.expectNone("typing:start");
  }

  private void assertIsOut(String room, Runnable removal) {
    TestClient patient = joined(clinic.patient(ann), room);
    TestClient removed = joined(clinic.provider(ben), room);
    TestClient alsoRemoved = clinic.provider(ben);
    ok(send(patient, room));
    removed.next("message:new");
    alsoRemoved.next("message:new");

    removal.run();

    JsonNode left = patient.next("room:userLeft", AT_ONCE);
    assertThat(left.get("userId").asText()).isEqualTo(ben);
    assertThat(left.get("socketId").asText()).isEqualTo(removed.socketId());
    JsonNode present = ok(patient.request("room:participants", object("roomId", room)));
    assertThat(each(present.get("participants"), "userId")).containsExactly(ann);

    TestClient provider = joined(clinic.provider(doc), room);
    ok(patient.request("typing:start", object("roomId", room)));
    ok(send(patient, room));
    provider.next("typing:start");
    provider.next("message:new");
    for (TestClient out : List.of(removed, alsoRemoved)) {
      out.expectNone("message:new");
      out.expectNone("typing:start");
      out.expectNone("room:userJoined");
    }

    denied(send(removed, room));
    denied(removed.request("room:join", object("roomId", room)));
    denied(removed.request("room:participants", object("roomId", room)));
    denied(removed.request("message:history", object("roomId", room)));
    denied(removed.request("typing:start", object("roomId", room)));
    JsonNode rooms = ok(removed.request("room:list", object())).get("rooms");
    assertThat(each(rooms, "roomId")).doesNotContain(room);
    ApiClient api = clinic.api(Tokens.provider(ben));
    assertThat(api.get("/rooms/" + room + "/messages").status()).isEqualTo(403);
    assertThat(api.get("/" + room.replace(":", "s/")).status()).isEqualTo(403);
  }

  private static TestClient joined(TestClient client, String room) {
    ok(join(client, room));
    return client;
  }

  private static JsonNode join(TestClient client, String room) {
    return client.request("room:join", object("roomId", room));
  }

  private static JsonNode send(TestClient client, String room) {
    return client.request("message:send", object("roomId", room, "message", "hello"));
  }
}
