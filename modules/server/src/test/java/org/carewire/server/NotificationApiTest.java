package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.ApiClient.Answer;
import org.carewire.testkit.Json;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The HTTP API for notifications, as the platform's services and browsers see it. */
class NotificationApiTest {
  private static final String UNKNOWN = "019c1337-5d2a-7c3e-9b1f-0a2b3c4d5e6f";

  private static Clinic clinic;
  private static Clinic withoutPush;
  private static ApiClient backend;

  private String ann = "";

  @BeforeAll
  static void openClinics() {
    var transport = Described.by(WebSocketTestClient.TRANSPORT);
    clinic = Clinic.open(transport, Map.of("push.contact", "mailto:operator@example.com"));
    withoutPush = Clinic.open();
    backend = clinic.backend();
  }

  @AfterAll
  static void closeClinics() {
    clinic.close();
    withoutPush.close();
  }

  @BeforeEach
  void nameThePatient() {
    ann = newId("ann");
  }

  @Test
  void idsAreInTheOrderOfTheUsersEachOnce() {
    String bob = newId("bob");

    List<String> ids = Notices.post(backend, Notices.to(List.of(bob, ann, bob)));

    assertThat(ids).hasSize(2).doesNotHaveDuplicates();
    assertThat(listed(bob)).containsExactly(ids.get(0));
    assertThat(listed(ann)).containsExactly(ids.get(1));
  }

  @Test
  void thousandUsersAreNotifiedByOneRequest() {
    List<String> users = IntStream.range(0, 1_000).mapToObj(_ -> newId("u")).toList();
    TestClient first = clinic.patient(users.getFirst());
    TestClient last = clinic.patient(users.getLast());

    List<String> ids = Notices.post(backend, Notices.to(users));

    assertThat(ids).hasSize(1_000).doesNotHaveDuplicates();
    assertThat(first.next("notification:new").get("id").asText()).isEqualTo(ids.getFirst());
    assertThat(last.next("notification:new").get("id").asText()).isEqualTo(ids.getLast());
    assertThat(listed(users.get(500))).containsExactly(ids.get(500));
  }

  @Test
  void usersMustBeNamedOnceAndNotTooMany() {
    assertBad(Notices.content("x"), "userId");
    assertBad(Notices.to(List.of()), "userIds");
    assertBad(Notices.to(ann).setAll(object("userIds", array(ann))), "userIds");
    assertBad(Notices.to("a b"), "userId");
    assertBad(Notices.to(List.of(ann, "a b")), "userIds[1]");
    assertBad(Notices.to(Collections.nCopies(1_001, ann)), "userIds");
    assertProblem(
        backend.post("/notifications", Notices.to(Collections.nCopies(4_001, ann))),
        413,
        "TOO_LARGE");
    assertThat(listed(ann)).isEmpty();
  }

  @Test
  void contentOutOfRangeIsRefused() {
    assertBad("type", "birthday", "LAB_RESULTS_READY", "", 5);
    assertBad("priority", "critical", "High", "", 5);
    assertBad("title", "", "  ", "t".repeat(201), 5, "\0");
    assertBad("message", "", "\n", "m".repeat(2_001), 5, "\0");
    assertBad("data", "text", array(), object("x", "x".repeat(8_192)), nested(9));
    assertBad("sendAt", "tomorrow", 5, "2030-01-31", "", "2090-01-31T09:30:00Z");
    for (String required : List.of("type", "priority", "title", "message")) {
      assertBad(Notices.to(ann).without(required), required);
    }
    for (String field : List.of("title", "message")) {
      Answer answer = backend.post("/notifications", Notices.to(ann).put(field, "x".repeat(8_001)));
      assertProblem(answer, 413, "TOO_LARGE");
    }
    assertThat(listed(ann)).isEmpty();
  }

  @Test
  void contentAtItsLimitsIsTaken() {
    ObjectNode post =
        Notices.to(ann).put("title", "t".repeat(200)).put("message", "m".repeat(2_000));
    post.set("data", nested(8));
    for (String type :
        List.of(
            "appointment_reminder",
            "appointment_cancelled",
            "appointment_rescheduled",
            "message_received",
            "call_missed",
            "prescription_ready",
            "lab_results_ready",
            "payment_received",
            "payment_failed",
            "system_alert")) {
      Notices.post(backend, post.put("type", type));
    }
    for (String priority : List.of("low", "medium", "high", "urgent")) {
      Notices.post(backend, Notices.to(ann).put("priority", priority));
    }

    JsonNode list = list(ann);
    assertThat(each(list, "priority").subList(0, 4))
        .containsExactly("urgent", "high", "medium", "low");
    assertThat(each(list, "type").subList(4, 6)).containsExactly("system_alert", "payment_failed");
    assertThat(list.get(4).get("data")).isEqualTo(nested(8));
    assertThat(list.get(4).get("message").asText()).hasSize(2_000);
    assertThat(list.get(0).has("data")).isFalse();
  }

  @Test
  void onlyServicesAndAdminsMayPostAndCancel() {
    String planned = plan();
    for (String token : List.of(Tokens.patient(ann), Tokens.provider(newId("doc")))) {
      ApiClient user = clinic.api(token);
      assertDenied(user.post("/notifications", Notices.to(ann)));
      assertDenied(user.post("/topics/news/notifications", Notices.content("x")));
      assertDenied(user.call("DELETE", "/notifications/" + planned, ""));
      assertDenied(user.get("/push/dead-letters"));
    }
    ApiClient nobody = ApiClient.withoutToken(clinic.node().http());
    for (Answer answer :
        List.of(
            nobody.post("/notifications", Notices.to(ann)),
            nobody.post("/topics/news/notifications", Notices.content("x")),
            nobody.call("DELETE", "/notifications/" + planned, ""),
            nobody.get("/push/key"),
            nobody.call("DELETE", "/push/subscriptions/phone", ""),
            nobody.get("/push/dead-letters"))) {
      assertProblem(answer, 401, "UNAUTHENTICATED");
    }
    assertThat(listed(ann)).isEmpty();
    ApiClient admin = clinic.api(Tokens.admin(newId("wes")));
    Notices.post(admin, Notices.to(ann));
    Notices.postToTopic(admin, "news", Notices.content("x"));
    assertThat(cancel(admin, planned).status()).isEqualTo(204);
    assertThat(admin.get("/push/dead-letters").status()).isEqualTo(200);
    assertThat(listed(ann)).hasSize(1);
  }

  @Test
  void repeatOfAPostToATopicNotifiesOnce() {
    String topic = newId("topic");
    TestClient patient = clinic.patient(ann);
    ok(patient.request("notification:subscribe", object("topics", array(topic))));
    ApiClient keyed = backend.and("Idempotency-Key", newId("key"));

    String post = Notices.postToTopic(keyed, topic, Notices.content("Once"));
    assertThat(Notices.postToTopic(keyed, topic, Notices.content("Once"))).isEqualTo(post);
    assertProblem(
        keyed.post("/topics/" + topic + "/notifications", Notices.content("Other")),
        409,
        "CONFLICT");
    assertProblem(
        keyed.post("/topics/" + newId("topic") + "/notifications", Notices.content("Once")),
        409,
        "CONFLICT");
    Notices.postToTopic(backend, topic, Notices.content("Afterwards"));

    List<JsonNode> came =
        List.of(patient.next("notification:new"), patient.next("notification:new"));
    assertThat(each(came, "title")).containsExactlyInAnyOrder("Once", "Afterwards");
    patient.expectNone("notification:new");
    assertThat(listed(ann)).hasSize(2);
  }

  @Test
  void repeatIsAnsweredWithTheFirstIds() {
    ApiClient keyed = backend.and("Idempotency-Key", newId("key"));
    String bob = newId("bob");
    List<String> first = Notices.post(keyed, Notices.to(List.of(ann, bob)));

    assertThat(Notices.post(keyed, Notices.to(List.of(ann, bob)))).isEqualTo(first);

    assertThat(listed(ann)).containsExactly(first.getFirst());
    assertThat(listed(bob)).containsExactly(first.getLast());
    for (ObjectNode other :
        List.of(
            Notices.to(List.of(ann)),
            Notices.to(List.of(bob, ann)),
            Notices.to(List.of(ann, bob)).put("title", "Other"),
            Notices.to(List.of(ann, bob)).put("sendAt", Notices.later()))) {
      assertProblem(keyed.post("/notifications", other), 409, "CONFLICT");
    }
    assertThat(listed(ann)).hasSize(1);
  }

  @Test
  void repeatsAtTheSameTimeNotifyOnce() {
    ApiClient keyed = backend.and("Idempotency-Key", newId("key"));

    List<List<String>> answers =
        IntStream.range(0, 8)
            .parallel()
            .mapToObj(_ -> Notices.post(keyed, Notices.to(ann)))
            .toList();

    assertThat(answers).containsOnly(listed(ann));
    assertThat(listed(ann)).hasSize(1);
  }

  @Test
  void keyIsOfItsCallerAndTenant() {
    String key = newId("key");
    String elsewhere = Tokens.of("backend").role("service").tenant("elsewhere").sign();
    Stream.of(Tokens.service(), Tokens.of("other").role("service").sign(), elsewhere)
        .map(token -> clinic.api(token).and("Idempotency-Key", key))
        .forEach(api -> Notices.post(api, Notices.to(ann)));

    assertThat(listed(ann)).hasSize(2);
  }

  @Test
  void plannedRepeatIsPlannedOnceAndCancelledOnce() {
    ApiClient keyed = backend.and("Idempotency-Key", newId("key"));
    ObjectNode planned = Notices.to(ann).put("sendAt", Notices.later());
    List<String> first = Notices.post(keyed, planned);

    assertThat(Notices.post(keyed, planned)).isEqualTo(first);
    assertThat(cancel(backend, first.getFirst()).status()).isEqualTo(204);
    assertThat(Notices.post(keyed, planned)).isEqualTo(first);
    assertProblem(cancel(backend, first.getFirst()), 404, "NOT_FOUND");
  }

  @Test
  void keyThatIsNoneIsRefused() {
    for (String bad : List.of("a b", "k".repeat(201))) {
      for (String path : List.of("/notifications", "/topics/news/notifications")) {
        Answer answer = backend.and("Idempotency-Key", bad).post(path, Notices.to(ann));
        assertProblem(answer, 400, "BAD_REQUEST");
        assertThat(answer.json().get("field").asText()).isEqualTo("Idempotency-Key");
      }
    }
    Notices.post(backend.and("Idempotency-Key", "k".repeat(200)), Notices.to(ann));
  }

  @Test
  void whatIsSentCannotBeCancelled() {
    String sent = Notices.post(backend, Notices.to(ann)).getFirst();
    String topic = newId("topic");
    TestClient patient = clinic.patient(ann);
    ok(patient.request("notification:subscribe", object("topics", array(topic))));
    String post = Notices.postToTopic(backend, topic, Notices.content("News"));
    patient.next("notification:new");

    assertProblem(cancel(backend, sent), 409, "WRONG_STATE");
    assertProblem(cancel(backend, post), 409, "WRONG_STATE");
    assertProblem(cancel(backend, listed(ann).getFirst()), 409, "WRONG_STATE");
    assertThat(listed(ann)).hasSize(2);
  }

  @Test
  void whatIsNotThereCannotBeCancelled() {
    assertProblem(cancel(backend, UNKNOWN), 404, "NOT_FOUND");
    assertProblem(cancel(backend, "none"), 400, "BAD_REQUEST");
    String cancelled = plan();
    assertThat(cancel(backend, cancelled).status()).isEqualTo(204);
    assertProblem(cancel(backend, cancelled), 404, "NOT_FOUND");
    String visit = clinic.visit(ann, newId("doc"));
    JsonNode sent =
        ok(clinic.patient(ann).request("message:send", object("visitId", visit, "message", "x")));
    assertProblem(cancel(backend, sent.at("/message/id").asText()), 404, "NOT_FOUND");
  }

  @Test
  void someOfThosePlannedByOneRequestCanBeCancelled() {
    List<String> users = List.of(ann, newId("bob"));
    List<String> ids = Notices.post(backend, Notices.to(users).put("sendAt", Notices.later()));

    assertThat(cancel(backend, ids.getLast()).status()).isEqualTo(204);

    assertProblem(cancel(backend, ids.getLast()), 404, "NOT_FOUND");
    assertThat(cancel(backend, ids.getFirst()).status()).isEqualTo(204);
  }

  @Test
  void tenantsAreApart() {
    ApiClient there = clinic.api(Tokens.of("backend").role("service").tenant("elsewhere").sign());
    TestClient here = clinic.patient(ann);
    TestClient namesake = clinic.session(Tokens.of(ann).tenant("elsewhere").sign());
    String planned = plan();

    String id = Notices.post(there, Notices.to(ann)).getFirst();
    assertThat(namesake.next("notification:new").get("id").asText()).isEqualTo(id);
    assertProblem(cancel(there, planned), 404, "NOT_FOUND");
    assertProblem(cancel(backend, id), 404, "NOT_FOUND");

    here.expectNone("notification:new");
    here.expectNone("notification:unreadCount");
    assertThat(listed(ann)).isEmpty();
    assertThat(cancel(backend, planned).status()).isEqualTo(204);
  }

  @Test
  void topicInThePathMustBeOne() {
    for (String bad : List.of("a%20b", "a%3Ab", "t".repeat(65))) {
      Answer answer = backend.post("/topics/" + bad + "/notifications", Notices.content("x"));
      assertProblem(answer, 400, "BAD_REQUEST");
      assertThat(answer.json().get("field").asText()).isEqualTo("topic");
    }
    String nobodys = Notices.postToTopic(backend, newId("topic"), Notices.content("x"));
    assertThat(nobodys).matches("[0-9a-f-]{36}");
  }

  @Test
  void pushKeyIsTheSameForEveryone() {
    Answer key = clinic.api(Tokens.patient(ann)).get("/push/key");

    assertThat(key.status()).isEqualTo(200);
    assertThat(clinic.api(Tokens.provider(newId("doc"))).get("/push/key").json())
        .isEqualTo(key.json());
  }

  @Test
  void withoutWebPushThereIsNoKey() {
    ApiClient patient = withoutPush.api(Tokens.patient(ann));

    assertProblem(patient.get("/push/key"), 404, "NOT_FOUND");
    assertProblem(patient.put("/push/subscriptions/phone", browser()), 404, "NOT_FOUND");
    assertThat(patient.call("DELETE", "/push/subscriptions/phone", "").status()).isEqualTo(204);
    assertThat(withoutPush.backend().get("/push/dead-letters").json())
        .isEqualTo(object("deadLetters", array(), "hasMore", false));
  }

  @Test
  void browserIsSubscribedAndUnsubscribedByItsUser() {
    ApiClient patient = clinic.api(Tokens.patient(ann));

    for (int i = 0; i < 2; i++) {
      assertThat(patient.put("/push/subscriptions/phone", browser()).status()).isEqualTo(204);
    }
    for (int i = 0; i < 2; i++) {
      assertThat(patient.call("DELETE", "/push/subscriptions/phone", "").status()).isEqualTo(204);
    }
    Answer bad = patient.put("/push/subscriptions/a%20b", browser());
    assertProblem(bad, 400, "BAD_REQUEST");
    assertThat(bad.json().get("field").asText()).isEqualTo("deviceId");
  }

  @Test
  void subscriptionThatIsNoneIsRefused() {
    ApiClient patient = clinic.api(Tokens.patient(ann));
    String path = "/push/subscriptions/phone";

    for (Object endpoint :
        List.of(
            "",
            "x",
            5,
            "https://push.example.com/1",
            "http://fcm.googleapis.com/1",
            "https://fcm.googleapis.com.example.com/1",
            "https://fcm.googleapis.com:1/1",
            "https://user@fcm.googleapis.com/1",
            "https://fcm.googleapis.com/" + "x".repeat(2_000))) {
      ObjectNode body = browser().setAll(object("endpoint", endpoint));
      assertField(patient.put(path, body), "endpoint");
    }
    assertField(patient.put(path, browser().without("keys")), "keys");
    for (Object key : List.of("", "x", 5, browser().at("/keys/auth").asText())) {
      ObjectNode body = browser();
      ((ObjectNode) body.get("keys")).setAll(object("p256dh", key));
      assertField(patient.put(path, body), "keys.p256dh");
    }
    for (Object auth : List.of("", "x", 5, browser().at("/keys/p256dh").asText())) {
      ObjectNode body = browser();
      ((ObjectNode) body.get("keys")).setAll(object("auth", auth));
      assertField(patient.put(path, body), "keys.auth");
    }
  }

  @Test
  void deadLettersAreListedInPages() {
    assertThat(backend.get("/push/dead-letters").json())
        .isEqualTo(object("deadLetters", array(), "hasMore", false));
    assertThat(backend.get("/push/dead-letters?limit=5&before=2030-01-31T09:30:00Z").status())
        .isEqualTo(200);
    for (String bad : List.of("limit=0", "limit=201", "limit=x", "before=x", "before=5")) {
      assertField(backend.get("/push/dead-letters?" + bad), bad.split("=", 2)[0]);
    }
  }

  private String plan() {
    return Notices.post(backend, Notices.to(ann).put("sendAt", Notices.later())).getFirst();
  }

  private static Answer cancel(ApiClient api, String id) {
    return api.call("DELETE", "/notifications/" + id, "");
  }

  /** The ids of the user's notifications, the newest first. */
  private static List<String> listed(String user) {
    return each(list(user), "id");
  }

  private static JsonNode list(String user) {
    TestClient client = clinic.patient(user);
    JsonNode reply = ok(client.request("notification:list", object()));
    client.drop();
    return reply.get("notifications");
  }

  /** Levels of objects. */
  private static ObjectNode nested(int levels) {
    return levels == 1 ? object("x", 1) : object("x", nested(levels - 1));
  }

  private static ObjectNode browser() {
    return (ObjectNode)
        Json.parse(
            ApiFiles.OPEN_API.at("/components/schemas/PushSubscription/examples/0").toString());
  }

  private void assertBad(String field, Object... values) {
    var posts = new ArrayList<ObjectNode>();
    for (Object value : values) {
      posts.add(Notices.to(ann).setAll(object(field, value)));
    }
    posts.forEach(post -> assertBad(post, field));
  }

  private static void assertBad(ObjectNode post, String field) {
    assertField(backend.post("/notifications", post), field);
  }

  private static void assertField(Answer answer, String field) {
    assertProblem(answer, 400, "BAD_REQUEST");
    assertThat(answer.json().path("field").asText()).as(answer.text()).isEqualTo(field);
  }

  private static void assertDenied(Answer answer) {
    assertProblem(answer, 403, "ACCESS_DENIED");
  }

  private static void assertProblem(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.json().get("code").asText()).isEqualTo(code);
  }
}
