package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.each;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.ApiClient.Answer;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Visits, groups, messages and presence over HTTP. */
class HttpApiTest {
  private static Clinic clinic;
  private static ApiClient backend;

  @BeforeAll
  static void openClinic() {
    clinic = Clinic.open();
    backend = clinic.backend();
  }

  @AfterAll
  static void closeClinic() {
    clinic.close();
  }

  @Test
  void visitIsMadeThenReplaced() {
    String path = "/visits/" + newId("visit");
    ObjectNode visit = visit("ann", "doc");
    visit.set("participants", array(object("userId", "sis", "role", "provider")));
    visit.put("status", "waiting").put("scheduledAt", "2030-01-02T03:04:05.678Z");

    Answer made = backend.put(path, visit);
    Answer replaced = backend.put(path, visit.put("status", "in_progress"));

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.header("Content-Type")).startsWith("application/json");
    assertThat(replaced.status()).isEqualTo(200);
    assertThat(made.json().get("visitId").asText()).isEqualTo(path.substring("/visits/".length()));
    assertThat(made.json().get("patientId").asText()).isEqualTo("ann");
    assertThat(made.json().get("providerId").asText()).isEqualTo("doc");
    assertThat(each(made.json().get("participants"), "userId")).contains("sis");
    assertThat(made.json().get("status").asText()).isEqualTo("waiting");
    assertThat(made.json().get("scheduledAt").asText()).isEqualTo("2030-01-02T03:04:05.678Z");
    assertThat(replaced.json().get("status").asText()).isEqualTo("in_progress");
    assertThat(backend.get(path).json()).isEqualTo(replaced.json());
  }

  @Test
  void groupIsMadeThenReplaced() {
    String path = "/groups/" + newId("group");

    Answer made = backend.put(path, object("members", List.of("ann", "doc"), "title", "Team"));
    Answer replaced = backend.put(path, object("members", List.of("ann", "sis")));

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().get("groupId").asText()).isEqualTo(path.substring("/groups/".length()));
    assertThat(made.json().get("title").asText()).isEqualTo("Team");
    assertThat(made.json().get("members"))
        .extracting(JsonNode::asText)
        .containsExactlyInAnyOrder("ann", "doc");
    assertThat(replaced.status()).isEqualTo(200);
    assertThat(replaced.json().get("members"))
        .extracting(JsonNode::asText)
        .containsExactlyInAnyOrder("ann", "sis");
    assertThat(backend.get(path).json()).isEqualTo(replaced.json());
  }

  @Test
  void adminMayDoWhatTheBackendMay() {
    ApiClient admin = clinic.api(Tokens.admin(newId("wes")));
    String path = "/visits/" + newId("visit");

    assertThat(admin.put(path, visit("ann", "doc")).status()).isEqualTo(201);
    assertThat(admin.get(path).status()).isEqualTo(200);
  }

  @Test
  void memberMayReadAndNotWrite() {
    String ann = newId("ann");
    String doc = newId("doc");
    String visit = "/visits/" + clinic.visit(ann, doc);
    String group = "/groups/" + clinic.group(ann, doc);

    for (String token : List.of(Tokens.patient(ann), Tokens.provider(doc))) {
      ApiClient member = clinic.api(token);
      assertThat(member.get(visit).status()).isEqualTo(200);
      assertThat(member.get(group).status()).isEqualTo(200);
      assertProblem(member.put(visit, visit(ann, doc)), 403, "ACCESS_DENIED");
      assertProblem(member.put(group, object("members", array(ann))), 403, "ACCESS_DENIED");
    }
  }

  @Test
  void badFieldsOfAVisitAreNamed() {
    assertBadVisit("patientId", object("providerId", "doc"));
    assertBadVisit("providerId", object("patientId", "ann"));
    assertBadVisit("patientId", visit("a b", "doc"));
    assertBadVisit("patientId", visit("a".repeat(65), "doc"));
    assertBadVisit("patientId", visit("ann", "doc").put("patientId", 5));
    assertBadVisit("status", visit("ann", "doc").put("status", "lost"));
    assertBadVisit("scheduledAt", visit("ann", "doc").put("scheduledAt", "tomorrow"));
    assertBadVisit("participants", visit("ann", "doc").put("participants", "sis"));
    var noUser = array(object("role", "provider"));
    var badRole = array(object("userId", "sis", "role", "janitor"));
    for (var participants : List.of(noUser, badRole)) {
      ObjectNode visit = visit("ann", "doc");
      visit.set("participants", participants);
      Answer answer = backend.put("/visits/" + newId("visit"), visit);
      assertProblem(answer, 400, "BAD_REQUEST");
      assertThat(answer.json().path("field").asText()).startsWith("participants");
    }
  }

  @Test
  void badFieldsOfAGroupAreNamed() {
    assertBadGroup("members", object());
    assertBadGroup("members", object("members", "ann"));
    assertBadGroup("members", object("members", Collections.nCopies(3, "a b")));
    assertBadGroup("title", object("members", array("ann"), "title", "t".repeat(201)));
    assertBadGroup("title", object("members", array("ann"), "title", 5));
    var many = array();
    for (int i = 0; i < 201; i++) {
      many.add("user" + i);
    }
    assertBadGroup("members", object("members", many));
  }

  @Test
  void badIdInThePathIsRefused() {
    assertProblem(backend.put("/visits/a%20b", visit("ann", "doc")), 400, "BAD_REQUEST");
    assertProblem(backend.put("/visits/" + "v".repeat(65), visit("a", "b")), 400, "BAD_REQUEST");
    assertProblem(backend.put("/groups/a%3Ab", object("members", array("a"))), 400, "BAD_REQUEST");
    assertProblem(backend.get("/rooms/nowhere/messages"), 400, "BAD_REQUEST");
  }

  @Test
  void messagesArePaged() {
    String ann = newId("ann");
    String doc = newId("doc");
    String room = "visit:" + clinic.visit(ann, doc);
    var patient = clinic.patient(ann);
    for (int i = 1; i <= 5; i++) {
      Replies.ok(patient.request("message:send", object("roomId", room, "message", "m" + i)));
    }
    String path = "/rooms/" + room + "/messages";

    for (ApiClient reader : List.of(backend, clinic.api(Tokens.provider(doc)))) {
      assertThat(texts(reader.get(path))).containsExactly("m1", "m2", "m3", "m4", "m5");
      assertThat(texts(reader.get(path + "?limit=2"))).containsExactly("m4", "m5");
      assertThat(texts(reader.get(path + "?limit=2&before=4"))).containsExactly("m2", "m3");
      assertThat(texts(reader.get(path + "?limit=2&after=1"))).containsExactly("m2", "m3");
    }
    JsonNode page = backend.get(path + "?limit=2").json();
    assertThat(page.get("hasMore").asBoolean()).isTrue();
    for (String bad : List.of("limit=0", "limit=201", "limit=x", "before=x", "after=-1")) {
      Answer answer = backend.get(path + "?" + bad);
      assertProblem(answer, 400, "BAD_REQUEST");
      assertThat(answer.json().get("field").asText()).isEqualTo(bad.split("=", 2)[0]);
    }
  }

  @Test
  void presenceIsForServicesAndAdmins() {
    String ann = newId("ann");
    String doc = newId("doc");
    clinic.visit(ann, doc);
    String path = "/users/" + doc + "/presence";
    ApiClient admin = clinic.api(Tokens.admin(newId("wes")));

    for (ApiClient asker : List.of(backend, admin)) {
      Answer answer = asker.get(path);
      assertThat(answer.status()).as(answer.text()).isEqualTo(200);
      assertThat(answer.json())
          .isEqualTo(
              object("userId", doc, "status", "offline", "isOnline", false)
                  .set("lastSeen", object().nullNode()));
    }
    for (String token : List.of(Tokens.patient(ann), Tokens.provider(doc))) {
      assertProblem(clinic.api(token).get(path), 403, "ACCESS_DENIED");
    }
    assertProblem(backend.get("/users/" + newId("none") + "/presence"), 404, "NOT_FOUND");
    Answer bad = backend.get("/users/a%20b/presence");
    assertProblem(bad, 400, "BAD_REQUEST");
    assertThat(bad.json().get("field").asText()).isEqualTo("userId");
  }

  @Test
  void presenceIsThatOfTheMoment() {
    String doc = newId("doc");
    clinic.visit(newId("ann"), doc);
    TestClient provider = clinic.provider(doc);
    var status = object("status", "busy", "customStatus", "Back at ten");

    Replies.ok(provider.request("presence:setStatus", status));

    JsonNode seen = backend.get("/users/" + doc + "/presence").json();
    assertThat(seen.get("status").asText()).isEqualTo("busy");
    assertThat(seen.get("customStatus").asText()).isEqualTo("Back at ten");
    assertThat(seen.get("isOnline").asBoolean()).isTrue();
    Replies.assertIsTime(seen.get("lastSeen"));
  }

  @Test
  void withoutAGoodTokenNothingIsAnswered() {
    ApiClient nobody = ApiClient.withoutToken(clinic.node().http());
    String path = "/visits/" + clinic.visit(newId("ann"), newId("doc"));

    assertProblem(nobody.get(path), 401, "UNAUTHENTICATED");
    assertProblem(nobody.put(path, visit("ann", "doc")), 401, "UNAUTHENTICATED");
    for (String token :
        List.of(
            Tokens.garbage(),
            Tokens.of("backend").role("service").signWithAnotherSecret(),
            Tokens.of("backend").role("service").unsigned(),
            Tokens.of("backend").role("service").expiresIn(Duration.ofHours(-1)).sign())) {
      assertProblem(clinic.api(token).get(path), 401, "UNAUTHENTICATED");
    }
    assertProblem(nobody.and("Authorization", "Basic YTpi").get(path), 401, "UNAUTHENTICATED");
    assertProblem(nobody.get(path + "?token=" + Tokens.service()), 401, "UNAUTHENTICATED");
  }

  @Test
  void backendLearnsThatSomethingIsNotThere() {
    assertProblem(backend.get("/visits/" + newId("none")), 404, "NOT_FOUND");
    assertProblem(backend.get("/groups/" + newId("none")), 404, "NOT_FOUND");
    assertProblem(backend.get("/rooms/visit:" + newId("none") + "/messages"), 404, "NOT_FOUND");
  }

  @Test
  void whatTheApiDoesNotHaveIsAProblemToo() {
    String path = "/visits/" + newId("visit");

    assertProblem(backend.get("/nothing"), 404, "NOT_FOUND");
    assertThat(backend.call("DELETE", path, "").status()).isEqualTo(405);
    assertThat(backend.call("DELETE", path, "").header("Content-Type"))
        .startsWith("application/problem+json");
  }

  @Test
  void bodyThatIsNoObjectIsRefused() {
    String path = "/visits/" + newId("visit");
    ApiClient json = backend.and("Content-Type", "application/json");

    for (String body : List.of("{", "hello", "[]", "5", "[".repeat(5_000), "{} {}")) {
      assertProblem(json.call("PUT", path, body), 400, "BAD_REQUEST");
    }
    assertProblem(json.call("PUT", path, ""), 400, "BAD_REQUEST");
    assertProblem(backend.get(path), 404, "NOT_FOUND");
  }

  @Test
  void bodyOfMoreThanAMegabyteIsRefused() {
    Answer answer =
        backend.put("/visits/" + newId("visit"), visit("a", "b").put("x", "x".repeat(1_100_000)));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
  }

  @Test
  void unknownFieldsOfABodyAreIgnored() {
    Answer answer =
        backend.put("/visits/" + newId("visit"), visit("ann", "doc").put("colour", "red"));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.json().has("colour")).isFalse();
  }

  @Test
  void thereIsNoLoginOutsideTheDemoMode() {
    ApiClient nobody = ApiClient.withoutToken(clinic.node().http());
    var login = object("email", "patient@example.com", "password", "password123");

    assertThat(nobody.post("/auth/login", login).status()).isEqualTo(404);
  }

  @Test
  void healthAndMetricsAreOnTheManagementPortOnly() {
    ApiClient management = ApiClient.withoutToken(clinic.node().management());

    for (String path : List.of("/health/live", "/health/ready", "/metrics")) {
      assertThat(management.callAnywhere("GET", path, "").status()).as(path).isEqualTo(200);
      assertThat(backend.callAnywhere("GET", path, "").status()).as(path).isEqualTo(404);
    }
    assertThat(management.callAnywhere("GET", "/api/v1/visits/x", "").status()).isEqualTo(404);
  }

  private static void assertBadVisit(String field, ObjectNode visit) {
    assertBad(backend.put("/visits/" + newId("visit"), visit), field);
  }

  private static void assertBadGroup(String field, ObjectNode group) {
    assertBad(backend.put("/groups/" + newId("group"), group), field);
  }

  private static void assertBad(Answer answer, String field) {
    assertProblem(answer, 400, "BAD_REQUEST");
    assertThat(answer.json().path("field").asText()).as(answer.text()).startsWith(field);
  }

  /** RFC 9457. */
  private static void assertProblem(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.json().get("code").asText()).isEqualTo(code);
    assertThat(answer.json().get("status").asInt()).isEqualTo(status);
    assertThat(answer.json().get("title").asText()).isNotBlank();
  }

  private static ObjectNode visit(String patientId, String providerId) {
    return object("patientId", patientId, "providerId", providerId);
  }

  private static List<String> texts(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return each(answer.json().get("messages"), "message");
  }
}
