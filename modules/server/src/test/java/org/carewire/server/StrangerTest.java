package org.carewire.server;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.carewire.protocol.EventCatalog;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.ApiClient.Answer;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Strangers cannot tell what exists from what does not. */
class StrangerTest {
  /** What a stranger may ask about certain things, by event. An event that names none has none. */
  private static final Map<String, Function<Things, List<ObjectNode>>> SAMPLES =
      Map.ofEntries(
          entry("session:hello", things -> List.of()),
          entry("session:refresh", things -> List.of()),
          entry("room:list", things -> List.of()),
          entry("room:join", Things::eachRoom),
          entry("room:leave", Things::eachRoom),
          entry("room:participants", Things::eachRoom),
          entry("message:send", things -> with("message", "hello", things.eachPlace())),
          entry("message:received", things -> receipts(things, "messageId", things.message())),
          entry("message:read", things -> receipts(things, "messageIds", array(things.message()))),
          entry("message:history", Things::eachRoomOrVisit),
          entry("typing:start", Things::eachRoomOrRecipient),
          entry("typing:stop", Things::eachRoomOrRecipient),
          entry("presence:get", Things::eachUser),
          entry("presence:subscribe", Things::eachUser),
          entry("presence:unsubscribe", Things::eachUser),
          entry("presence:setStatus", things -> List.of()),
          entry("presence:activity", things -> List.of()),
          entry("call:initiate", Things::eachCallee),
          entry("call:accept", Things::theCall),
          entry("call:reject", Things::theCall),
          entry("call:join", Things::theCall),
          entry("call:leave", Things::theCall),
          entry("call:end", Things::theCall),
          entry("call:signal", Things::eachSignal),
          entry("call:media", Things::theCall),
          entry(
              "call:quality",
              things -> List.of(object("callId", things.callId(), "metrics", object()))),
          entry(
              "call:history",
              things ->
                  List.of(
                      object("visitId", things.visitId()), object("userId", things.patientId()))),
          entry("notification:read", Things::theNotification),
          entry("notification:readAll", things -> List.of()),
          entry("notification:getUnreadCount", things -> List.of()),
          entry("notification:list", things -> List.of()),
          entry("notification:subscribe", things -> List.of()),
          entry("notification:unsubscribe", things -> List.of()));

  /** To leave where one is not, or watch no more, may succeed, if it does so everywhere. */
  private static final Set<String> MAY_SUCCEED =
      Set.of("room:leave", "typing:stop", "presence:unsubscribe");

  private static Clinic clinic;
  private static Things there;
  private static final Things NOT_THERE =
      new Things(
          newId("visit"),
          newId("group"),
          newId("ann"),
          newId("doc"),
          UUID.randomUUID().toString(),
          UUID.randomUUID().toString(),
          UUID.randomUUID().toString(),
          UUID.randomUUID().toString());

  @BeforeAll
  static void openClinic() {
    clinic = Clinic.open();
    String ann = newId("ann");
    String doc = newId("doc");
    String visit = clinic.visit(ann, doc);
    TestClient patient = clinic.patient(ann);
    var message = object("visitId", visit, "message", "hello");
    String messageId = ok(patient.request("message:send", message)).at("/message/id").asText();
    var call = object("visitId", visit, "recipientId", doc, "callType", "video");
    String callId = ok(patient.request("call:initiate", call)).get("callId").asText();
    String notification = Notices.post(clinic.backend(), Notices.to(ann)).getFirst();
    String planned =
        Notices.post(clinic.backend(), Notices.to(ann).put("sendAt", Notices.later())).getFirst();
    there =
        new Things(
            visit, clinic.group(ann, doc), ann, doc, messageId, callId, notification, planned);
    for (String room : there.messageRooms()) {
      ok(patient.request("room:join", object("roomId", room)));
      ok(patient.request("message:send", object("roomId", room, "message", "hello")));
    }
  }

  @AfterAll
  static void closeClinic() {
    clinic.close();
  }

  @Test
  void everyEventOfTheCatalogueHasASample() {
    assertThat(SAMPLES.keySet()).containsAll(EventCatalog.clientEventNames());
  }

  @Test
  void idsToCompareAreOfOneLength() {
    assertThat(there.ids().stream().map(String::length).toList())
        .isEqualTo(NOT_THERE.ids().stream().map(String::length).toList());
  }

  static Stream<String> events() {
    return EventCatalog.clientEventNames().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("events")
  void eventsAnswerAPatientAlike(String event) {
    assertAnsweredAlike(Tokens.patient(newId("eve")), event, StrangerTest::canBeGuessed);
  }

  @ParameterizedTest
  @MethodSource("events")
  void eventsAnswerAProviderAlike(String event) {
    assertAnsweredAlike(Tokens.provider(newId("zed")), event, StrangerTest::namesNoPersonToTalkTo);
  }

  @ParameterizedTest
  @MethodSource("events")
  void eventsAnswerAnotherTenantsPatientAlike(String event) {
    assertAnsweredAlike(
        Tokens.of(newId("eve")).tenant("elsewhere").sign(), event, everything -> true);
  }

  @ParameterizedTest
  @MethodSource("events")
  void eventsAnswerANamesakeInAnotherTenantAlike(String event) {
    assertAnsweredAlike(
        Tokens.of(there.patientId()).tenant("elsewhere").sign(),
        event,
        StrangerTest::namesAVisitGroupOrCall);
  }

  @ParameterizedTest
  @MethodSource("events")
  void eventsAnswerAnotherTenantsAdminAlike(String event) {
    assertAnsweredAlike(
        Tokens.of(newId("wes")).role("admin").tenant("elsewhere").sign(),
        event,
        StrangerTest::namesAVisitGroupOrCall);
  }

  @Test
  void messageOfAnotherRoomIsAnsweredLikeNone() {
    String eve = newId("eve");
    String own = clinic.visit(eve, newId("doc"));
    String foreign =
        ok(clinic
                .patient(there.patientId())
                .request("message:send", object("visitId", there.visitId(), "message", "hello")))
            .at("/message/id")
            .asText();
    char last = foreign.charAt(foreign.length() - 1);
    String none = foreign.substring(0, foreign.length() - 1) + (last == '0' ? '1' : '0');
    TestClient stranger = clinic.patient(eve);

    assertThat(outcome(replyTo(stranger, own, foreign), foreign))
        .isEqualTo(outcome(replyTo(stranger, own, none), none));
  }

  @Test
  void httpAnswersAPatientAlike() {
    assertPathsAnsweredAlike(Tokens.patient(newId("eve")), 403);
  }

  @Test
  void httpAnswersAProviderAlike() {
    assertPathsAnsweredAlike(Tokens.provider(newId("zed")), 403);
  }

  @Test
  void httpAnswersAnotherTenantsPatientAlike() {
    assertPathsAnsweredAlike(Tokens.of(newId("eve")).tenant("elsewhere").sign(), 403);
  }

  @Test
  void httpAnswersAnotherTenantsBackendAlike() {
    ApiClient backend = clinic.api(Tokens.of("backend").role("service").tenant("elsewhere").sign());

    assertThat(there.paths("get")).hasSizeGreaterThan(4);
    assertThat(there.paths("delete")).isNotEmpty();
    for (String method : List.of("get", "delete")) {
      for (int i = 0; i < there.paths(method).size(); i++) {
        assertAlike(
            call(backend, method, there.paths(method).get(i)),
            call(backend, method, NOT_THERE.paths(method).get(i)));
      }
    }
    assertThat(backend.get("/visits/" + there.visitId()).status()).isEqualTo(404);
  }

  private static void assertAnsweredAlike(
      String token, String event, Function<ObjectNode, Boolean> asked) {
    Function<Things, List<ObjectNode>> samples = SAMPLES.getOrDefault(event, missing -> List.of());
    List<ObjectNode> existing = samples.apply(there);
    List<ObjectNode> missing = samples.apply(NOT_THERE);
    TestClient stranger = clinic.session(token);
    for (int i = 0; i < existing.size(); i++) {
      if (!asked.apply(existing.get(i))) {
        continue;
      }
      JsonNode one = stranger.request(event, existing.get(i));
      JsonNode other = stranger.request(event, missing.get(i));
      assertThat(there.anonymous(one.toString()))
          .as("%s %s", event, existing.get(i))
          .isEqualTo(NOT_THERE.anonymous(other.toString()));
      if (!MAY_SUCCEED.contains(event)) {
        assertThat(Replies.isOk(one)).as("%s %s", event, one).isFalse();
      }
    }
    stranger.drop();
  }

  private static boolean namesNoPersonToTalkTo(ObjectNode request) {
    return canBeGuessed(request) && !request.has("recipientId") && !request.has("participantIds");
  }

  /**
   * The server makes up the ids of calls. In their own tenant who is no participant is told so,
   * with a text that clients match on.
   */
  private static boolean canBeGuessed(ObjectNode request) {
    return !request.has("callId");
  }

  private static boolean namesAVisitGroupOrCall(ObjectNode request) {
    String room = request.path("roomId").asText();
    return request.has("visitId")
        || request.has("messageId")
        || request.has("messageIds")
        || request.has("callId")
        || request.has("notificationId")
        || room.startsWith("visit:")
        || room.startsWith("call:")
        || room.startsWith("group:");
  }

  private static JsonNode replyTo(TestClient stranger, String visitId, String messageId) {
    return stranger.request(
        "message:send",
        object("visitId", visitId, "message", "re", "metadata", object("replyToId", messageId)));
  }

  private static String outcome(JsonNode reply, String messageId) {
    return "%s %s %s %s"
        .formatted(
            reply.path("success"),
            reply.path("code"),
            reply.path("error").asText().replace(messageId, "<id>"),
            reply.path("field"));
  }

  private static void assertPathsAnsweredAlike(String token, int status) {
    ApiClient stranger = clinic.api(token);
    for (String method : List.of("get", "put", "post", "delete")) {
      for (int i = 0; i < there.paths(method).size(); i++) {
        Answer one = call(stranger, method, there.paths(method).get(i));
        assertThat(one.status()).as(there.paths(method).get(i)).isEqualTo(status);
        assertAlike(one, call(stranger, method, NOT_THERE.paths(method).get(i)));
      }
    }
  }

  /** With the body that the description of the API has as an example. */
  private static Answer call(ApiClient stranger, String method, String path) {
    String body =
        Described.item("/api/v1" + path)
            .at("/" + method + "/requestBody/content/application~1json/schema/examples/0")
            .toString();
    return stranger.call(method.toUpperCase(Locale.ROOT), path, body);
  }

  private static void assertAlike(Answer one, Answer other) {
    assertThat(one.status()).isEqualTo(other.status());
    assertThat(there.anonymous(one.text())).isEqualTo(NOT_THERE.anonymous(other.text()));
    assertThat(headers(one)).isEqualTo(headers(other));
  }

  private static Map<String, List<String>> headers(Answer answer) {
    var headers = new TreeMap<>(answer.headers().map());
    headers.remove("date");
    return headers;
  }

  /** Below the top, above it, and by the id of a message. */
  private static List<ObjectNode> receipts(Things things, String field, Object message) {
    var requests = new ArrayList<ObjectNode>();
    for (ObjectNode request : things.eachRoom()) {
      requests.add(request.deepCopy().put("offset", 1));
      requests.add(request.deepCopy().put("offset", 1_000));
      requests.add(request.setAll(object(field, message)));
    }
    requests.add(object(field, message));
    return requests;
  }

  private static List<ObjectNode> with(String field, String value, List<ObjectNode> requests) {
    requests.forEach(request -> request.put(field, value));
    return requests;
  }
}
