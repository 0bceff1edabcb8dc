package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two organisations with the same ids of everything: nothing crosses. */
class TenantIsolationTest {
  private static Clinic clinic;

  private final String ann = newId("ann");
  private final String doc = newId("doc");
  private final String visit = newId("visit");
  private final String group = newId("group");
  private final Tenant here = new Tenant("here");
  private final Tenant there = new Tenant("there");

  @BeforeAll
  static void openClinic() {
    clinic = Clinic.open();
  }

  @AfterAll
  static void closeClinic() {
    clinic.close();
  }

  @BeforeEach
  void makeTheSameTwice() {
    for (Tenant tenant : List.of(here, there)) {
      Clinic.putVisit(tenant.backend(), visit, ann, doc);
      var answer = tenant.backend().put("/groups/" + group, object("members", array(ann, doc)));
      assertThat(answer.status()).isEqualTo(201);
    }
  }

  @AfterEach
  void sendAllHome() {
    clinic.sendAllHome();
  }

  @Test
  void oneIdIsTwoVisits() {
    Clinic.putVisit(there.backend(), visit, newId("eve"), doc);

    assertThat(here.backend().get("/visits/" + visit).json().get("patientId").asText())
        .isEqualTo(ann);
    assertThat(there.backend().get("/visits/" + visit).json().get("patientId").asText())
        .isNotEqualTo(ann);
  }

  @Test
  void messagesStayInTheirTenant() {
    for (String room : List.of("visit:" + visit, "group:" + group, "chat:" + ann + ":" + doc)) {
      TestClient providerHere = here.provider();
      TestClient providerThere = there.provider();
      TestClient namesakeOfTheSender = there.patient();

      JsonNode sent = send(here.patient(), room, "said here");

      assertThat(providerHere.next("message:new")).isEqualTo(sent);
      providerThere.expectNone("message:new");
      namesakeOfTheSender.expectNone("message:new");
      namesakeOfTheSender.expectNone("message:sent");
      assertThat(history(there.patient(), room)).isEmpty();
      assertThat(send(there.patient(), room, "said there").get("offset").asLong()).isEqualTo(1);
      assertThat(history(here.patient(), room)).containsExactly("said here");
      assertThat(each(messages(there.backend(), room), "message")).containsExactly("said there");
    }
  }

  @Test
  void clientMessageIdsStayInTheirTenant() {
    var request = object("visitId", visit, "message", "x", "clientMessageId", "c1");

    JsonNode first = ok(here.patient().request("message:send", request));
    JsonNode second = ok(there.patient().request("message:send", request));

    assertThat(second.path("duplicate").asBoolean()).isFalse();
    assertThat(second.at("/message/id")).isNotEqualTo(first.at("/message/id"));
  }

  @Test
  void presenceInRoomsStaysInItsTenant() {
    List<String> rooms =
        List.of(
            "visit:" + visit,
            "call:" + visit,
            "group:" + group,
            "chat:" + ann + ":" + doc,
            "topic:news-" + visit);
    for (String room : rooms) {
      TestClient watcherHere = joined(here.provider(), room);
      TestClient watcherThere = joined(there.provider(), room);

      TestClient patient = joined(here.patient(), room);

      watcherHere.next("room:userJoined");
      watcherThere.expectNone("room:userJoined");
      JsonNode seen = ok(watcherThere.request("room:participants", object("roomId", room)));
      assertThat(each(seen.get("participants"), "socketId"))
          .containsExactly(watcherThere.socketId());

      ok(patient.request("room:leave", object("roomId", room)));
      watcherHere.next("room:userLeft");
      watcherThere.expectNone("room:userLeft");
    }
  }

  @Test
  void typingStaysInItsTenant() {
    for (String room : List.of("visit:" + visit, "chat:" + ann + ":" + doc)) {
      TestClient watcherHere = joined(here.provider(), room);
      TestClient watcherThere = joined(there.provider(), room);
      TestClient patient = joined(here.patient(), room);

      ok(patient.request("typing:start", object("roomId", room)));

      watcherHere.next("typing:start");
      watcherThere.expectNone("typing:start");
    }
  }

  @Test
  void presenceStaysInItsTenant() {
    TestClient watcherHere = here.provider();
    TestClient watcherThere = there.provider();
    for (TestClient watcher : List.of(watcherHere, watcherThere)) {
      ok(watcher.request("presence:subscribe", object("userIds", array(ann))));
    }

    TestClient patient = here.patient();
    ok(patient.request("presence:setStatus", object("status", "busy")));

    watcherHere.next("presence:changed", change -> change.get("status").asText().equals("busy"));
    assertThat(statuses(watcherHere)).containsExactly("busy");
    watcherThere.expectNone("presence:changed");
    assertThat(statuses(watcherThere)).containsExactly("offline");
  }

  @Test
  void sharedVisitOfOneTenantShowsNobodyInAnother() {
    String eve = newId("eve");
    Clinic.putVisit(here.backend(), newId("visit"), ann, eve);
    var request = object("userIds", array(eve));

    ok(here.patient().request("presence:get", request));
    for (String event : List.of("presence:get", "presence:subscribe")) {
      refused(there.patient().request(event, request), "ACCESS_DENIED");
      refused(there.as(newId("wes"), "admin").request(event, request), "NOT_FOUND");
    }
    String path = "/users/" + eve + "/presence";
    assertThat(here.backend().get(path).status()).isEqualTo(200);
    assertThat(there.backend().get(path).status()).isEqualTo(404);
  }

  @Test
  void callsStayInTheirTenant() {
    TestClient callerHere = here.patient();
    TestClient calleeHere = here.provider();
    TestClient calleeThere = there.provider();
    TestClient namesakeOfTheCaller = there.patient();

    var initiate = object("recipientId", doc, "visitId", visit, "callType", "video");
    var call = object("callId", ok(callerHere.request("call:initiate", initiate)).get("callId"));

    calleeHere.next("call:incoming");
    calleeThere.expectNone("call:incoming");
    for (String event : List.of("call:accept", "call:reject", "call:join", "call:end")) {
      refused(calleeThere.request(event, call), "NOT_FOUND");
    }
    // Who is called here is not busy there.
    ok(namesakeOfTheCaller.request("call:initiate", initiate));
    calleeThere.next("call:incoming");
    ok(calleeHere.request("call:accept", call));
    callerHere.next("call:accepted");
    namesakeOfTheCaller.expectNone("call:accepted");
    ok(callerHere.request("call:end", call));
    calleeHere.next("call:ended");
    calleeThere.expectNone("call:ended");
    JsonNode calls =
        ok(there.patient().request("call:history", object("visitId", visit))).get("calls");
    assertThat(each(calls, "callId")).hasSize(1).doesNotContain(call.get("callId").asText());
  }

  @Test
  void roomListsStayInTheirTenant() {
    send(here.patient(), "chat:" + ann + ":" + doc, "hello");

    JsonNode rooms = ok(there.patient().request("room:list", object())).get("rooms");

    assertThat(each(rooms, "roomId")).doesNotContain("chat:" + ann + ":" + doc);
    assertThat(rooms).allSatisfy(room -> assertThat(room.get("top").asLong(-1)).isZero());
  }

  @Test
  void sharedVisitOfOneTenantOpensNoChatInAnother() {
    String eve = newId("eve");
    Clinic.putVisit(here.backend(), newId("visit"), ann, eve);

    ok(here.as(eve, "patient").request("room:join", object("roomId", "chat:" + ann + ":" + eve)));
    refused(
        there.as(eve, "patient").request("room:join", object("roomId", "chat:" + ann + ":" + eve)),
        "ACCESS_DENIED");
  }

  @Test
  void adminsAreAdminsOfTheirTenantOnly() {
    String onlyHere = newId("visit");
    Clinic.putVisit(here.backend(), onlyHere, ann, doc);
    var join = object("roomId", "visit:" + onlyHere);

    ok(here.as(newId("wes"), "admin").request("room:join", join));
    refused(there.as(newId("wes"), "admin").request("room:join", join), "NOT_FOUND");
  }

  @Test
  void tokenWithoutTenantIsOfTheDefaultOne() {
    refused(
        clinic.admin(newId("wes")).request("room:join", object("roomId", "visit:" + visit)),
        "NOT_FOUND");
    String other = clinic.visit(ann, doc);
    ok(
        clinic
            .session(Tokens.of(ann).tenant("default").sign())
            .request("room:join", object("roomId", "visit:" + other)));
  }

  private static TestClient joined(TestClient client, String room) {
    ok(client.request("room:join", object("roomId", room)));
    return client;
  }

  private static JsonNode send(TestClient client, String room, String text) {
    return ok(client.request("message:send", object("roomId", room, "message", text)))
        .get("message");
  }

  private List<String> statuses(TestClient client) {
    return each(
        ok(client.request("presence:get", object("userIds", array(ann)))).get("presences"),
        "status");
  }

  private static List<String> history(TestClient client, String room) {
    return each(
        ok(client.request("message:history", object("roomId", room))).get("messages"), "message");
  }

  private static JsonNode messages(ApiClient api, String room) {
    return api.get("/rooms/" + room + "/messages").json().get("messages");
  }

  /** The people of one organisation. */
  private final class Tenant {
    private final String id;

    Tenant(String id) {
      this.id = id;
    }

    ApiClient backend() {
      return clinic.api(Tokens.of("backend").role("service").tenant(id).sign());
    }

    TestClient patient() {
      return as(ann, "patient");
    }

    TestClient provider() {
      return as(doc, "provider");
    }

    TestClient as(String userId, String role) {
      return clinic.session(Tokens.of(userId).role(role).tenant(id).sign());
    }
  }
}
