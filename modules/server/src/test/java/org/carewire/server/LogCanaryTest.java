package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.carewire.protocol.EventCatalog;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.KeyServer;
import org.carewire.testkit.RawHttp;
import org.carewire.testkit.SigningKey;
import org.carewire.testkit.SockJsTestClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** No text, token or name of anyone gets into a log line or a metric. */
@ParameterizedClass
@EnumSource
class LogCanaryTest {
  private static final String CANARY = "kanarienvogel";

  /** Of an opening brace and a quotation mark, in base64. */
  private static final String START_OF_ANY_TOKEN = "eyJ";

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Lines lines = new Lines();
  private final Entrance entrance;
  private final KeyServer lyingKeys = KeyServer.with();
  private Clinic clinic;
  private String ann = "";
  private String doc = "";
  private String visit = "";
  private String metrics = "";

  LogCanaryTest(Entrance entrance) {
    this.entrance = entrance;
  }

  @BeforeEach
  void listen() {
    lines.setContext(root.getLoggerContext());
    lines.start();
    root.addAppender(lines);
    lyingKeys.answer(200, "{\"keys\":[{\"kid\":\"" + CANARY + "\",\"kty\":\"" + CANARY + "\"}]}");
    clinic =
        Clinic.open(
            entrance.transport(),
            Map.of(
                "tokens.jwks",
                lyingKeys.uri().toString(),
                "push.contact",
                "mailto:operator@example.com",
                "push.services",
                "https://*.localhost:1"));
    ann = newId("ann");
    doc = newId("doc");
    visit = clinic.visit(ann, doc);
  }

  @AfterEach
  void stopListening() {
    root.detachAppender(lines);
    lines.stop();
    clinic.close();
    lyingKeys.close();
  }

  @Test
  void noLogLineAndNoMetricHasWhatPeopleSay() throws IOException {
    sayItInGoodMessages();
    sayItInAStatus();
    sayItInACall();
    sayItInNotifications();
    sayItInEveryFieldOfEveryEvent();
    sayItInBrokenFrames();
    sayItInFramesOfTheBridge();
    sayItInRequestsOfSockJs();
    sayItInTokens();
    sayItOverHttp();
    failToAuthenticate();

    assertThat(lines.all).as("log lines").isNotEmpty();
    assertThat(lines.all).noneMatch(line -> line.contains(CANARY));
    assertThat(lines.all).noneMatch(line -> line.contains(START_OF_ANY_TOKEN));
    assertThat(metrics).isNotBlank().doesNotContain(CANARY);
  }

  private void sayItInGoodMessages() {
    TestClient patient = clinic.patient(ann);
    ok(patient.request("room:join", object("visitId", visit, "roomId", "visit:" + visit)));
    ok(
        patient.request(
            "message:send",
            object(
                "visitId",
                visit,
                "message",
                CANARY,
                "attachments",
                array("https://files.example/" + CANARY, CANARY),
                "metadata",
                object(CANARY, CANARY, "deep", object(CANARY, array(CANARY))))));
    ok(patient.request("message:history", object("visitId", visit)));
    ok(patient.request("room:list", object()));
  }

  /** It is seen by others, and goes when its user does. */
  private void sayItInAStatus() {
    TestClient provider = clinic.provider(doc);
    ok(provider.request("presence:subscribe", object("userIds", array(ann))));
    TestClient patient = clinic.patient(ann);

    ok(patient.request("presence:setStatus", object("status", "busy", "customStatus", CANARY)));

    provider.next(
        "presence:changed", change -> change.path("customStatus").asText().equals(CANARY));
    ok(provider.request("presence:get", object("userIds", array(ann))));
    assertThat(clinic.backend().get("/users/" + ann + "/presence").text()).contains(CANARY);
    patient.drop();
  }

  /** Until the last of them, and once declined. */
  private void sayItInACall() {
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    var initiate =
        object("recipientId", doc, "callType", "video", "metadata", object(CANARY, CANARY));
    var call = object("callId", ok(patient.request("call:initiate", initiate)).get("callId"));
    assertThat(provider.next("call:incoming").toString()).contains(CANARY);
    ok(provider.request("call:accept", call));
    for (Object signal : List.of(CANARY, object("sdp", CANARY))) {
      ok(
          patient.request(
              "call:signal",
              call.deepCopy()
                  .setAll(object("recipientId", doc, "signalType", "offer", "signal", signal))));
      assertThat(provider.next("call:signal").toString()).contains(CANARY);
    }
    ok(patient.request("call:end", call));
    provider.next("call:ended");

    call = object("callId", ok(patient.request("call:initiate", initiate)).get("callId"));
    provider.next("call:incoming");
    ok(provider.request("call:reject", call.put("reason", CANARY)));
    assertThat(patient.next("call:rejected").get("reason").asText()).isEqualTo(CANARY);
    patient.drop();
    provider.drop();
  }

  /** To a user and to a topic, pushed to a browser whose service refuses the connection. */
  private void sayItInNotifications() {
    ApiClient backend = clinic.backend();
    TestClient patient = clinic.patient(ann);
    String topic = newId(CANARY);
    assertThat(clinic.api(Tokens.patient(ann)).put("/push/subscriptions/phone", browser()).status())
        .isEqualTo(204);
    ok(patient.request("notification:subscribe", object("topics", array(topic))));
    patient.next("notification:subscribed");
    ObjectNode notice = Notices.content(CANARY).put("message", CANARY);
    notice.set("data", object(CANARY, array(CANARY)));
    for (int i = 0; i < 2; i++) {
      Notices.accepted(
          backend
              .and("Idempotency-Key", CANARY)
              .post("/notifications", notice.deepCopy().put("userId", ann)));
    }
    Notices.postToTopic(backend, topic, notice);
    for (int i = 0; i < 2; i++) {
      assertThat(patient.next("notification:new").toString()).contains(CANARY);
    }
    String planned =
        Notices.post(backend, notice.deepCopy().put("userId", ann).put("sendAt", Notices.later()))
            .getFirst();
    assertThat(backend.call("DELETE", "/notifications/" + planned, "").status()).isEqualTo(204);
    JsonNode list = ok(patient.request("notification:list", object())).get("notifications");
    assertThat(list.toString()).contains(CANARY);
    ok(patient.request("notification:read", object("notificationId", list.at("/0/id").asText())));
    ok(patient.request("notification:readAll", object()));
    ok(patient.request("notification:unsubscribe", object("topics", array(topic))));
    patient.drop();
    // Nobody is there, so that it is pushed.
    Notices.post(backend, notice.deepCopy().put("userId", ann));
  }

  private static ObjectNode browser() {
    return object(
        "endpoint",
        "https://" + CANARY + ".localhost:1/" + CANARY,
        "keys",
        object(
            "p256dh",
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth",
            "BTBZMqHH6r4Tts7J_aSIgg"));
  }

  private void sayItInEveryFieldOfEveryEvent() {
    ObjectNode wrong = object();
    ObjectNode alsoWrong = object();
    for (String field :
        List.of(
            "roomId",
            "recipientId",
            "visitId",
            "message",
            "attachments",
            "metadata",
            "roomType",
            "clientMessageId",
            "messageId",
            "messageIds",
            "offset",
            "limit",
            "before",
            "after",
            "token",
            "deviceId",
            "resume",
            "userIds",
            "status",
            "customStatus",
            "idle",
            "callId",
            "participantIds",
            "callType",
            "reason",
            "signal",
            "signalType",
            "audio",
            "metrics",
            "userId",
            "notificationId",
            "unreadOnly",
            "topics")) {
      wrong.put(field, CANARY + " \0");
      alsoWrong.set(field, object(CANARY, CANARY));
    }
    for (String event : EventCatalog.clientEventNames()) {
      TestClient client = clinic.patient(ann);
      for (ObjectNode data : List.of(wrong, alsoWrong)) {
        client.request(event, data);
        wrong
            .fieldNames()
            .forEachRemaining(field -> client.request(event, object(field, data.get(field))));
      }
      client.request(event, object("roomId", "visit:" + visit, "message", CANARY + "\0"));
      client.request(event, object("status", "busy", "customStatus", CANARY.repeat(100)));
      client.request(event, object("callId", CANARY, "reason", CANARY.repeat(100)));
      client.request(event, object("callId", CANARY, "metrics", object("bitrate", CANARY)));
      client.request(event, object("callId", CANARY, "metrics", object("videoResolution", CANARY)));
      client.request(CANARY, object(CANARY, CANARY));
      client.drop();
    }
  }

  private void sayItInBrokenFrames() {
    for (String frame :
        List.of(
            CANARY,
            "{\"event\":\"" + CANARY + "\",",
            "{\"" + CANARY + "\":1}",
            "{\"event\":\"message:send\",\"data\":{\"message\":\"" + CANARY + "\" " + CANARY,
            "[\"" + CANARY + "\"]",
            CANARY.repeat(100_000))) {
      TestClient client = clinic.patient(ann);
      client.sendRaw(frame);
      client.awaitClose();
    }
  }

  private void sayItInFramesOfTheBridge() {
    TestClient client = clinic.patient(ann);
    if (client instanceof SockJsTestClient bridge) {
      bridge.sendRaw(object("type", CANARY).toString());
      for (String type : List.of("register", "unregister", "send", "publish")) {
        bridge.sendRaw(
            object(
                    "type", type,
                    "address", CANARY,
                    "headers", object(CANARY, CANARY, "Authorization", "Bearer " + CANARY),
                    "replyAddress", CANARY.repeat(5),
                    "body", object(CANARY, CANARY))
                .toString());
      }
      bridge.fence();
    }
  }

  private void sayItInRequestsOfSockJs() throws IOException {
    String session = "/eventbus/" + CANARY + "/" + CANARY + "/";
    try (var http = new RawHttp(clinic.node().http())) {
      http.get(session + "jsonp?c=" + CANARY).text();
      http.get(session + "htmlfile?c=" + CANARY + "()").text();
      http.post(session + "xhr_send", "[\"" + CANARY).text();
      http.post(session + "jsonp_send", "d=" + CANARY).text();
      http.post(session + "xhr_send", "[\"" + CANARY + "\"]").text();
      http.get(session + "jsonp?c=" + CANARY).text();
      http.get("/eventbus/info?" + CANARY).text();
    }
  }

  private void sayItInTokens() {
    clinic.session(Tokens.of(ann).claim("email", CANARY + "@example.com").sign());
    clinic.session(Tokens.of(ann).claim("name", CANARY).sign()).drop();
    String unverifiable = Tokens.of(ann).claim("name", CANARY).sign(SigningKey.ec(CANARY));
    clinic.connect().refusedHello(unverifiable);
    clinic.api(unverifiable).get("/visits/" + visit);
    for (String token :
        List.of(
            CANARY,
            CANARY + "." + CANARY + "." + CANARY,
            Tokens.of(CANARY + " with a space").sign(),
            Tokens.of(ann).role(CANARY).sign(),
            Tokens.of(ann).claim("exp", CANARY).sign(),
            Tokens.of(ann).claim("iss", CANARY).signWithAnotherSecret())) {
      TestClient client = clinic.connect();
      client.refusedHello(token);
      client.awaitClose();
      clinic.api(token).get("/visits/" + visit);
    }
  }

  private void sayItOverHttp() {
    ApiClient backend = clinic.backend();
    ApiClient json = backend.and("Content-Type", "application/json");
    backend.put(
        "/groups/" + newId("group"), object("members", array(ann), "title", "Team " + CANARY));
    for (String path : List.of("/visits/" + newId("v"), "/groups/" + newId("g"), "/auth/login")) {
      String method = path.startsWith("/auth") ? "POST" : "PUT";
      json.call(method, path, CANARY);
      json.call(method, path, "{\"" + CANARY + "\":\"" + CANARY + "\"}");
      json.call(method, path, "{\"patientId\":\"" + CANARY + " \",\"members\":[{\"" + CANARY);
      json.call(
          method,
          path,
          object(
                  "patientId",
                  CANARY + " x",
                  "providerId",
                  CANARY + " x",
                  "members",
                  array(CANARY + " x"),
                  "title",
                  CANARY.repeat(100),
                  "email",
                  CANARY + "@example.com",
                  "password",
                  CANARY)
              .toString());
    }
    String disconnect = "/users/" + newId("leaver") + "/disconnect";
    assertThat(backend.post(disconnect, object("reason", CANARY)).status()).isEqualTo(204);
    for (Object bad : List.of(CANARY + "\0", CANARY.repeat(100), array(CANARY))) {
      backend.post(disconnect, object("reason", bad));
    }
    json.call("POST", disconnect, "{\"reason\":\"" + CANARY);
    for (String path :
        List.of(
            "/notifications",
            "/topics/" + CANARY + "/notifications",
            "/topics/a%20b/notifications")) {
      for (String field : List.of("title", "message", "data", "type", "sendAt", "userId")) {
        ObjectNode notice = Notices.to(CANARY);
        notice.set(field, array(CANARY));
        backend.and("Idempotency-Key", CANARY + " ").post(path, notice);
        backend.post(path, notice);
        backend.post(path, notice.put(field, CANARY.repeat(300)));
        backend.post(path, notice.put(field, CANARY + "\0"));
      }
      json.call("POST", path, "{\"title\":\"" + CANARY);
    }
    backend.put("/push/subscriptions/" + CANARY, browser().put("endpoint", "https://" + CANARY));
    backend.put("/push/subscriptions/" + CANARY, browser().put("keys", CANARY));
    backend.call("DELETE", "/notifications/" + CANARY, "");
    backend.get("/push/dead-letters?limit=" + CANARY);
    backend.get("/rooms/visit:" + visit + "/messages?limit=" + CANARY + "&before=" + CANARY);
    backend.get("/rooms/visit:" + visit + "/messages");
    backend.and("Origin", "https://" + CANARY + ".example").get("/visits/" + visit);
    backend.and("X-Forwarded-For", CANARY).get("/visits/" + visit);
    metrics =
        ApiClient.withoutToken(clinic.node().management())
            .callAnywhere("GET", "/metrics", "")
            .text();
  }

  private void failToAuthenticate() {
    TestClient client = clinic.connect();
    client.refusedHello(Tokens.garbage());
    client.awaitClose();
  }

  /** Everything of a log line that any encoder could print. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    final Queue<String> all = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      var throwable = event.getThrowableProxy();
      all.add(
          String.join(
              " | ",
              event.getLoggerName(),
              event.getFormattedMessage(),
              Arrays.toString(event.getArgumentArray()),
              String.valueOf(event.getKeyValuePairs()),
              String.valueOf(event.getMarkerList()),
              event.getMDCPropertyMap().toString(),
              throwable == null ? "" : ThrowableProxyUtil.asString(throwable)));
    }
  }
}
