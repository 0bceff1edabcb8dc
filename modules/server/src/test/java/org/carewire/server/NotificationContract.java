package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.assertIsTime;
import static org.carewire.server.Replies.denied;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a user is notified of: told to all sessions, listed, read, and counted right everywhere. */
abstract class NotificationContract extends Contract {
  private static final String UNKNOWN = "019c1337-5d2a-7c3e-9b1f-0a2b3c4d5e6f";

  private String ann = "";

  @BeforeEach
  void nameThePatient() {
    ann = newId("ann");
  }

  @Test
  void everySessionOfTheUserIsToldAtOnce() {
    List<TestClient> sessions =
        List.of(
            clinic.session(Tokens.patient(ann), "phone"),
            clinic.session(Tokens.patient(ann), "tablet"),
            clinic.patient(ann));
    TestClient other = clinic.patient(newId("bob"));
    ObjectNode post = Notices.to(ann);
    post.set("data", object("visitId", "visit-1", "deep", object("list", array(1, 2.5, "x"))));

    String id = Notices.post(clinic.backend(), post).getFirst();

    JsonNode first = sessions.getFirst().next("notification:new");
    assertIsTime(first.get("timestamp"));
    assertThat(first)
        .isEqualTo(
            object(
                "id",
                id,
                "roomId",
                "notifications:" + ann,
                "offset",
                1,
                "type",
                "lab_results_ready",
                "priority",
                "high",
                "title",
                "Your results are there",
                "message",
                "Open them in the app.",
                "data",
                post.get("data"),
                "timestamp",
                first.get("timestamp"),
                "read",
                false));
    for (TestClient session : sessions.subList(1, 3)) {
      assertThat(session.next("notification:new")).isEqualTo(first);
    }
    for (TestClient session : sessions) {
      assertThat(count(session)).isEqualTo(1);
      session.expectNone("notification:new");
      session.expectNone("message:new");
    }
    other.expectNone("notification:new");
    other.expectNone("notification:unreadCount");
  }

  @Test
  void offsetsAndTimesGoUpOneByOne() {
    TestClient patient = clinic.patient(ann);

    List<String> ids = post(5);

    List<JsonNode> came = next(patient, 5);
    assertThat(each(came, "offset")).containsExactly("1", "2", "3", "4", "5");
    assertThat(each(came, "id")).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(each(came, "timestamp")).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void countIsToldWhenItChangesAndNeverOtherwise() {
    TestClient phone = clinic.session(Tokens.patient(ann), "phone");
    TestClient tablet = clinic.session(Tokens.patient(ann), "tablet");
    String first = postOne();
    assertToldByAll(1, phone, tablet);
    String second = postOne();
    assertToldByAll(2, phone, tablet);

    assertThat(read(phone, first)).isEqualTo(1);
    assertToldByAll(1, phone, tablet);
    assertThat(read(phone, first)).isEqualTo(1);
    assertThat(read(tablet, first)).isEqualTo(1);
    ok(phone.request("message:received", object("messageId", second)));
    ok(phone.request("message:read", object("roomId", "notifications:" + ann, "offset", 2)));
    ok(phone.request("notification:list", object()));
    ok(phone.request("notification:getUnreadCount", object()));
    ok(phone.request("notification:subscribe", object("topics", array(newId("news")))));

    // What was not told until now would have come before this.
    postOne();
    assertToldByAll(2, phone, tablet);
    assertThat(readAll(tablet)).isEqualTo(2);
    assertToldByAll(0, phone, tablet);
    assertThat(readAll(tablet)).isZero();
    postOne();
    assertToldByAll(1, phone, tablet);
    phone.expectNone("notification:unreadCount");
    tablet.expectNone("notification:unreadCount");
  }

  @Test
  void readOnesAreListedWithTheTimeOfReading() {
    TestClient patient = clinic.patient(ann);
    List<String> ids = List.of(postOne(), postOne(), postOne());

    read(patient, ids.get(1));

    JsonNode list = list(patient, object());
    assertThat(each(list.get("notifications"), "id"))
        .containsExactly(ids.get(2), ids.get(1), ids.get(0));
    assertThat(each(list.get("notifications"), "read")).containsExactly("false", "true", "false");
    assertIsTime(list.at("/notifications/1/readAt"));
    assertThat(list.at("/notifications/0").has("readAt")).isFalse();
    assertThat(list.get("unreadCount").asLong()).isEqualTo(2);
    assertThat(list.get("hasMore").asBoolean()).isFalse();
    String readAt = list.at("/notifications/1/readAt").asText();
    read(patient, ids.get(1));
    assertThat(readAll(patient)).isEqualTo(2);
    JsonNode after = list(patient, object());
    assertThat(each(after.get("notifications"), "read")).containsOnly("true");
    assertThat(after.at("/notifications/1/readAt").asText()).isEqualTo(readAt);
    assertIsTime(after.at("/notifications/0/readAt"));
    assertThat(after.get("unreadCount").asLong()).isZero();
  }

  @Test
  void listHasWhatWasToldExceptThatItMayBeRead() {
    TestClient patient = clinic.patient(ann);
    postOne();
    JsonNode told = patient.next("notification:new");

    assertThat(list(patient, object()).get("notifications")).containsExactly(told);
  }

  @Test
  void unreadCountIsAnsweredWithAndWithoutData() {
    TestClient patient = clinic.patient(ann);
    assertThat(unread(patient, object())).isZero();
    post(2);

    assertThat(unread(patient, object())).isEqualTo(2);
    assertThat(unread(patient, NullNode.getInstance())).isEqualTo(2);
    assertThat(
            ok(patient.request("notification:readAll", NullNode.getInstance()))
                .get("markedCount")
                .asLong())
        .isEqualTo(2);
    assertThat(unread(patient, object("any", "thing"))).isZero();
  }

  @Test
  void whatIsNotOnesOwnIsNotFound() {
    String bob = newId("bob");
    TestClient patient = clinic.patient(ann);
    String ofAnother = Notices.post(clinic.backend(), Notices.to(bob)).getFirst();
    String doc = newId("doc");
    String visit = clinic.visit(ann, doc);
    String message =
        ok(clinic.provider(doc).request("message:send", object("visitId", visit, "message", "x")))
            .at("/message/id")
            .asText();
    TestClient namesake = clinic.session(Tokens.of(bob).tenant("elsewhere").sign());

    for (String id : List.of(ofAnother, UNKNOWN, message)) {
      for (TestClient client : List.of(patient, namesake, clinic.admin(newId("wes")))) {
        JsonNode reply = client.request("notification:read", object("notificationId", id));
        refused(reply, "NOT_FOUND");
        assertThat(reply.get("error").asText()).isEqualTo("Notification not found");
      }
    }
    assertThat(unread(clinic.patient(bob), object())).isEqualTo(1);
  }

  @Test
  void idThatIsNoneIsRefused() {
    TestClient patient = clinic.patient(ann);

    refused(patient.request("notification:read", object()), "BAD_REQUEST", "notificationId");
    for (Object bad : List.of("", "1", 7, array(UNKNOWN), "x".repeat(36))) {
      refused(
          patient.request("notification:read", object("notificationId", bad)),
          "BAD_REQUEST",
          "notificationId");
    }
  }

  @Test
  void pagesHaveEachOnceNewestFirst() {
    TestClient patient = clinic.patient(ann);
    List<String> ids = IntStream.range(0, 3).mapToObj(_ -> postOne()).toList();
    // As many at once as could share an instant.
    List<String> atOnce = post(5);

    List<String> paged = new ArrayList<>();
    JsonNode page = list(patient, object("limit", 3));
    while (page.get("hasMore").asBoolean()) {
      assertThat(page.get("notifications")).hasSize(3);
      paged.addAll(each(page.get("notifications"), "id"));
      page =
          list(
              patient,
              object("limit", 3, "before", page.at("/notifications/2/timestamp").asText()));
    }
    paged.addAll(each(page.get("notifications"), "id"));

    assertThat(paged).hasSize(8).doesNotHaveDuplicates();
    assertThat(paged.subList(0, 5)).containsExactlyInAnyOrderElementsOf(atOnce);
    assertThat(paged.subList(5, 8)).containsExactly(ids.get(2), ids.get(1), ids.get(0));
    assertThat(page.get("unreadCount").asLong()).isEqualTo(8);
  }

  @Test
  void pagesOfTheUnreadLeaveOutWhatIsRead() {
    TestClient patient = clinic.patient(ann);
    List<String> ids = IntStream.range(0, 5).mapToObj(_ -> postOne()).toList();
    read(patient, ids.get(4));
    read(patient, ids.get(2));

    JsonNode page = list(patient, object("unreadOnly", true, "limit", 2));
    assertThat(each(page.get("notifications"), "id")).containsExactly(ids.get(3), ids.get(1));
    assertThat(page.get("hasMore").asBoolean()).isTrue();
    assertThat(page.get("unreadCount").asLong()).isEqualTo(3);
    JsonNode last =
        list(
            patient,
            object(
                "unreadOnly", true, "limit", 2, "before", page.at("/notifications/1/timestamp")));
    assertThat(each(last.get("notifications"), "id")).containsExactly(ids.getFirst());
    assertThat(last.get("hasMore").asBoolean()).isFalse();
    readAll(patient);
    assertThat(list(patient, object("unreadOnly", true)).get("notifications")).isEmpty();
    assertThat(list(patient, object("unreadOnly", false)).get("notifications")).hasSize(5);
  }

  @Test
  void pageHasFiftyUnlessAskedForAnotherNumber() {
    TestClient patient = clinic.patient(ann);
    post(51);

    JsonNode page = list(patient, object());

    assertThat(page.get("notifications")).hasSize(50);
    assertThat(page.get("hasMore").asBoolean()).isTrue();
    assertThat(list(patient, object("limit", 51)).get("hasMore").asBoolean()).isFalse();
  }

  @Test
  void pageOutOfRangeIsRefused() {
    TestClient patient = clinic.patient(ann);

    for (Object bad : List.of(0, 201, -1, "5", 1.5)) {
      refused(patient.request("notification:list", object("limit", bad)), "BAD_REQUEST", "limit");
    }
    for (Object bad : List.of("yesterday", 5, "2026-01-31")) {
      refused(patient.request("notification:list", object("before", bad)), "BAD_REQUEST", "before");
    }
    for (Object bad : List.of("true", 1)) {
      refused(
          patient.request("notification:list", object("unreadOnly", bad)),
          "BAD_REQUEST",
          "unreadOnly");
    }
    assertThat(list(patient, object("limit", 200)).get("notifications")).isEmpty();
  }

  @Test
  void listEndsWhenItsBytesAreFull() {
    TestClient patient = clinic.patient(ann);
    ObjectNode big = Notices.to(Collections.nCopies(1, ann));
    big.put("message", "\u20ac".repeat(2_000));
    big.set("data", object("text", "x".repeat(8_000)));
    int posted = 60;
    for (int i = 0; i < posted; i++) {
      Notices.post(clinic.backend(), big);
    }

    JsonNode page = list(patient, object("limit", 200));
    int first = page.get("notifications").size();
    assertThat(page.get("hasMore").asBoolean()).isTrue();
    assertThat(first).isBetween(20, posted - 1);
    JsonNode rest =
        list(
            patient,
            object(
                "limit", 200, "before", page.get("notifications").get(first - 1).get("timestamp")));
    assertThat(rest.get("notifications")).hasSize(posted - first);
  }

  @Test
  void roomIsItsUsersOwn() {
    String doc = newId("doc");
    clinic.visit(ann, doc);
    String room = "notifications:" + ann;
    TestClient patient = clinic.patient(ann);
    postOne();
    patient.next("notification:new");

    JsonNode joined = ok(patient.request("room:join", object("roomId", room)));
    assertThat(joined.get("roomType").asText()).isEqualTo("notification");
    assertThat(joined.get("top").asLong()).isEqualTo(1);
    for (TestClient other : List.of(clinic.provider(doc), clinic.patient(newId("eve")))) {
      denied(other.request("room:join", object("roomId", room)));
      denied(other.request("message:received", object("roomId", room, "offset", 1)));
      denied(other.request("message:read", object("roomId", room, "offset", 1)));
    }
    assertThat(each(ok(patient.request("room:list", object())).get("rooms"), "roomId"))
        .doesNotContain(room);
    refused(patient.request("message:history", object("roomId", room)), "BAD_REQUEST", "roomId");
    refused(
        patient.request("message:send", object("roomId", room, "message", "x")),
        "BAD_REQUEST",
        "roomId");
  }

  @Test
  void acknowledgementsAboveTheTopAreRefused() {
    TestClient patient = clinic.patient(ann);
    postOne();

    for (String event : List.of("message:received", "message:read")) {
      refused(
          patient.request(event, object("roomId", "notifications:" + ann, "offset", 2)),
          "BAD_REQUEST",
          "offset");
    }
  }

  private String postOne() {
    return Notices.post(clinic.backend(), Notices.to(ann)).getFirst();
  }

  /** All at once. Answers their ids, in any order. */
  private List<String> post(int count) {
    return IntStream.range(0, count).parallel().mapToObj(_ -> postOne()).toList();
  }

  private static List<JsonNode> next(TestClient client, int count) {
    return IntStream.range(0, count).mapToObj(_ -> client.next("notification:new")).toList();
  }

  private static void assertToldByAll(long count, TestClient... sessions) {
    for (TestClient session : sessions) {
      assertThat(count(session)).isEqualTo(count);
    }
  }

  private static long count(TestClient session) {
    return session.next("notification:unreadCount").get("unreadCount").asLong();
  }

  private static long read(TestClient client, String id) {
    JsonNode reply = ok(client.request("notification:read", object("notificationId", id)));
    assertThat(reply.get("notificationId").asText()).isEqualTo(id);
    return reply.get("unreadCount").asLong();
  }

  private static long readAll(TestClient client) {
    return ok(client.request("notification:readAll", object())).get("markedCount").asLong();
  }

  private static long unread(TestClient client, JsonNode data) {
    return ok(client.request("notification:getUnreadCount", data)).get("unreadCount").asLong();
  }

  private static JsonNode list(TestClient client, ObjectNode data) {
    return ok(client.request("notification:list", data));
  }
}
