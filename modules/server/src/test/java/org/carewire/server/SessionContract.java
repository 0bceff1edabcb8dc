package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.assertIsTime;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a session begins, and what ends it. */
abstract class SessionContract extends Contract {
  @Test
  void helloIsAnsweredWithWhoOneIsAndWhereTheHistoryStands() {
    String ann = newId("ann");

    JsonNode reply = clinic.connect().hello(Tokens.patient(ann));

    assertThat(reply.get("userId").asText()).isEqualTo(ann);
    assertThat(reply.get("socketId").asText()).isNotBlank();
    assertThat(reply.get("epoch").asText()).isNotBlank();
    assertThat(reply.get("resumed").isBoolean()).isTrue();
    assertThat(reply.get("resumed").asBoolean()).isFalse();
    assertThat(reply.get("rooms").isArray()).isTrue();
    assertThat(reply.get("rooms")).isEmpty();
    assertThat(reply.get("pingInterval").asLong()).isEqualTo(25_000);
    assertThat(reply.has("deviceId")).isFalse();
    assertIsTime(reply.get("timestamp"));
  }

  @Test
  void connectedEventSaysTheSameAsTheReply() {
    TestClient client = clinic.connect();

    JsonNode reply = client.hello(object("token", Tokens.patient(newId("ann")), "deviceId", "d1"));

    ObjectNode expected = reply.deepCopy();
    expected.remove("success");
    assertThat(client.next("connected")).isEqualTo(expected);
  }

  @Test
  void deviceIdIsEchoed() {
    JsonNode reply =
        clinic
            .connect()
            .hello(object("token", Tokens.patient(newId("ann")), "deviceId", "Phone_1.a@b-c"));

    assertThat(reply.get("deviceId").asText()).isEqualTo("Phone_1.a@b-c");
  }

  @Test
  void tokenMayComeInTheAuthorizationHeader() {
    String ann = newId("ann");

    TestClient client = clinic.connect(Map.of("Authorization", "Bearer " + Tokens.patient(ann)));

    assertThat(client.hello(object()).get("userId").asText()).isEqualTo(ann);
  }

  @Test
  void twoSessionsOfOneUserHaveTheirOwnSocketIds() {
    String ann = newId("ann");

    assertThat(clinic.patient(ann).socketId()).isNotEqualTo(clinic.patient(ann).socketId());
  }

  @Test
  void helloWithoutTokenIsRefused() {
    TestClient client = clinic.connect();

    JsonNode refusal = client.refusedHello(object());

    assertThat(refusal.get("error").asText()).isEqualTo("Authentication error: No token provided");
    assertThat(refusal.get("code").asText()).isEqualTo("UNAUTHENTICATED");
    assertThat(client.awaitClose()).isEqualTo(4401);
  }

  @Test
  void refusedHelloIsRepliedToBeforeTheSessionIsClosed() {
    TestClient client = clinic.connect();

    refused(client.request("session:hello", object("token", "none")), "UNAUTHENTICATED");

    client.next("error");
    assertThat(client.awaitClose()).isEqualTo(4401);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badTokens")
  void helloWithABadTokenIsRefused(String what, String token) {
    TestClient client = clinic.connect();

    JsonNode refusal = client.refusedHello(token);

    assertThat(refusal.get("error").asText())
        .as(what)
        .isEqualTo("Authentication error: Invalid token");
    assertThat(refusal.get("code").asText()).isEqualTo("UNAUTHENTICATED");
    assertThat(client.awaitClose()).isEqualTo(4401);
  }

  static Stream<Arguments> badTokens() {
    Tokens ann = Tokens.of("ann");
    return Stream.of(
        Arguments.of("garbage", Tokens.garbage()),
        Arguments.of("empty parts", ".."),
        Arguments.of("another secret", Tokens.of("ann").signWithAnotherSecret()),
        Arguments.of("another algorithm", ann.signWithHs512()),
        Arguments.of("no algorithm", ann.unsigned()),
        Arguments.of("another user's signature", Tokens.of("ann").signAndForgeUser("bob")),
        Arguments.of("no exp", Tokens.of("ann").without("exp").sign()),
        Arguments.of("no iat", Tokens.of("ann").without("iat").sign()),
        Arguments.of("no user", Tokens.of("ann").without("userId").sign()),
        Arguments.of("no role", Tokens.of("ann").without("role").sign()),
        Arguments.of("unknown role", Tokens.of("ann").role("janitor").sign()),
        Arguments.of("user id with a space", Tokens.of("an n").sign()),
        Arguments.of("user id with a colon", Tokens.of("an:n").sign()),
        Arguments.of("user id too long", Tokens.of("a".repeat(65)).sign()),
        Arguments.of("tenant id with a slash", Tokens.of("ann").tenant("t/1").sign()));
  }

  @Test
  void helloWithAnExpiredTokenIsRefused() {
    TestClient client = clinic.connect();

    JsonNode refusal =
        client.refusedHello(Tokens.of("ann").expiresIn(Duration.ofMinutes(-2)).sign());

    assertThat(refusal.get("error").asText()).isEqualTo("Authentication error: Token expired");
    assertThat(refusal.get("code").asText()).isEqualTo("UNAUTHENTICATED");
    assertThat(client.awaitClose()).isEqualTo(4401);
  }

  @Test
  void subjectNamesTheUserWhereNoUserIdDoes() {
    String ann = newId("ann");
    String token = Tokens.of("x").without("userId").claim("sub", ann).sign();

    assertThat(clinic.connect().hello(token).get("userId").asText()).isEqualTo(ann);
  }

  @Test
  void userIdGoesBeforeTheSubject() {
    String ann = newId("ann");
    String token = Tokens.of(ann).claim("sub", "someone-else").sign();

    assertThat(clinic.connect().hello(token).get("userId").asText()).isEqualTo(ann);
  }

  @Test
  void doctorIsAProvider() {
    String ann = newId("ann");
    String doc = newId("doc");
    String room = "visit:" + clinic.visit(ann, doc);
    TestClient doctor = clinic.session(Tokens.of(doc).role("doctor").sign());

    JsonNode joined = ok(doctor.request("room:join", object("roomId", room)));

    assertThat(joined.at("/participants/0/userRole").asText()).isEqualTo("provider");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "with space", "colon:colon", "ü", "slash/"})
  void deviceIdOutOfRangeIsRefusedByName(String deviceId) {
    var hello = object("token", Tokens.patient("ann"), "deviceId", deviceId);

    refused(clinic.connect().request("session:hello", hello), "BAD_REQUEST", "deviceId");
  }

  @Test
  void deviceIdOf64CharactersIsTheLongest() {
    String token = Tokens.patient(newId("ann"));
    String longest = "d".repeat(64);

    assertThat(clinic.connect().hello(object("token", token, "deviceId", longest)).get("deviceId"))
        .hasToString("\"" + longest + "\"");
    refused(
        clinic
            .connect()
            .request("session:hello", object("token", token, "deviceId", longest + "d")),
        "BAD_REQUEST",
        "deviceId");
  }

  @Test
  void requestBeforeHelloIsRefusedAndHelloMayFollow() {
    TestClient client = clinic.connect();

    refused(client.request("room:list", object()), "UNAUTHENTICATED");

    client.hello(Tokens.patient(newId("ann")));
    ok(client.request("room:list", object()));
  }

  @Test
  void secondHelloIsRefusedAndTheSessionGoesOn() {
    String ann = newId("ann");
    TestClient client = clinic.patient(ann);

    JsonNode second =
        client.request("session:hello", object("token", Tokens.patient(newId("bob"))));

    assertThat(second.get("success").asBoolean()).isFalse();
    JsonNode joined = ok(client.request("room:join", object("roomId", "notifications:" + ann)));
    assertThat(joined.at("/participants/0/userId").asText()).isEqualTo(ann);
  }

  @Test
  void sessionThatIsReplacedIsClosed() {
    String token = Tokens.patient(newId("ann"));
    TestClient old = clinic.session(token, "phone");

    TestClient back = clinic.connect();
    back.hello(
        object("token", token, "deviceId", "phone", "resume", object("socketId", old.socketId())));

    assertThat(old.awaitClose()).isEqualTo(4409);
    back.fence();
  }

  @Test
  void sessionOfAnotherUserCannotBeReplaced() {
    TestClient ann = clinic.session(Tokens.patient(newId("ann")), "phone");

    TestClient bob = clinic.connect();
    bob.hello(
        object(
            "token",
            Tokens.patient(newId("bob")),
            "deviceId",
            "phone",
            "resume",
            object("socketId", ann.socketId())));

    bob.fence();
    ann.fence();
  }

  @Test
  void sessionOfAnotherTenantCannotBeReplaced() {
    String ann = newId("ann");
    TestClient here = clinic.session(Tokens.patient(ann), "phone");

    TestClient there = clinic.connect();
    there.hello(
        object(
            "token",
            Tokens.of(ann).tenant("elsewhere").sign(),
            "deviceId",
            "phone",
            "resume",
            object("socketId", here.socketId())));

    there.fence();
    here.fence();
  }

  @Test
  void otherSessionsOfTheSameDeviceLiveOn() {
    String token = Tokens.patient(newId("ann"));
    TestClient one = clinic.session(token, "browser");
    TestClient other = clinic.session(token, "browser");

    other.fence();
    one.fence();
  }
}
