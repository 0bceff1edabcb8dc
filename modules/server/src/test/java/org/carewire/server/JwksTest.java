package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.ApiClient.Answer;
import org.carewire.testkit.KeyServer;
import org.carewire.testkit.SigningKey;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of a platform that signs its tokens with keys of its own and publishes them. */
class JwksTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final SigningKey RSA = SigningKey.rsa("rsa-1");
  private static final SigningKey EC = SigningKey.ec("ec-1");
  private static final SigningKey NEW = SigningKey.ec("ec-2");

  @TempDir Path folder;

  private final KeyServer keys = KeyServer.with(RSA, EC);
  private @Nullable Clinic opened;

  @AfterEach
  void close() {
    clinic().close();
    keys.close();
  }

  @Test
  void tokensOfTheJwksAreGoodForSessionsAndTheApi() {
    open(keys.uri(), "");

    for (SigningKey key : new SigningKey[] {RSA, EC}) {
      String ann = newId("ann");
      TestClient client = clinic().connect();
      assertThat(client.hello(Tokens.of(ann).sign(key)).path("userId").asText()).isEqualTo(ann);
      ok(client.request("session:refresh", object("token", Tokens.of(ann).sign(RSA))));
      assertThat(get(Tokens.of("backend").role("service").sign(key)).status()).isEqualTo(404);
    }
  }

  @Test
  void tokensOfASecretAreRefusedWhereNoneIsConfigured() {
    open(keys.uri(), "");

    assertInvalid(Tokens.patient("ann"));
    assertInvalid(Tokens.of("ann").signWithSecret(RSA.pem().getBytes(UTF_8)));
    assertThat(get(Tokens.service()).status()).isEqualTo(401);
  }

  @Test
  void tokensOfASecretAndOfAJwksMayBeBelievedTogether() {
    open(keys.uri(), Tokens.SECRET);

    clinic().session(Tokens.patient(newId("ann"))).fence();
    clinic().session(Tokens.of(newId("ann")).sign(EC)).fence();
  }

  @Test
  void newKeyIsBelievedWhileTheNodeRunsAndSessionsOfTheOldOneGoOn() {
    open(keys.uri(), "");
    TestClient before = clinic().session(Tokens.of(newId("ann")).sign(RSA));

    keys.publish(NEW);

    await(() -> isGood(Tokens.of("backend").role("service").sign(NEW)));
    clinic().session(Tokens.of(newId("ann")).sign(NEW)).fence();
    before.fence();
    assertInvalid(Tokens.of("ann").sign(RSA));
  }

  @Test
  void fileIsReadAgainWhileTheNodeRuns() throws IOException {
    Path file = Files.writeString(folder.resolve("jwks.json"), SigningKey.jwks(RSA));
    open(file.toString(), "");
    clinic().session(Tokens.of(newId("ann")).sign(RSA)).fence();
    assertInvalid(Tokens.of("ann").sign(NEW));

    Files.writeString(file, SigningKey.jwks(NEW));

    await(() -> isGood(Tokens.of("backend").role("service").sign(NEW)));
    assertInvalid(Tokens.of("ann").sign(RSA));
  }

  @Test
  void whileNoKeysCouldBeReadHelloMayBeTriedAgainInTheSameSession() {
    keys.stop();
    open(keys.uri(), "");
    String ann = newId("ann");
    String token = Tokens.of(ann).sign(RSA);
    TestClient client = clinic().connect();

    JsonNode reply =
        refused(client.request("session:hello", object("token", token)), "UNAVAILABLE");
    assertThat(reply.path("retryAfterMs").asLong()).isPositive();
    JsonNode event = client.next("error");
    assertThat(event.path("code").asText()).isEqualTo("UNAVAILABLE");
    assertThat(event.path("error")).isEqualTo(reply.path("error"));

    keys.restart();
    await(
        () -> client.request("session:hello", object("token", token)).path("success").asBoolean());
    client.fence();
  }

  @Test
  void whileNoKeysCouldBeReadTheApiIsUnavailableAndTheNodeNotReady() {
    keys.stop();
    open(keys.uri(), "");

    Answer answer = get(Tokens.of("backend").role("service").sign(RSA));

    assertThat(answer.status()).as(answer.text()).isEqualTo(503);
    assertThat(answer.json().path("code").asText()).isEqualTo("UNAVAILABLE");
    assertThat(answer.header("Retry-After")).isNotBlank();
    assertThat(management("/health/ready").status()).isEqualTo(503);
    assertThat(management("/health/live").status()).isEqualTo(200);
    assertThat(management("/metrics").text())
        .contains("carewire_tokens_key_reads_total{outcome=\"unreachable\"}");

    keys.restart();

    await(() -> management("/health/ready").status() == 200);
    assertThat(management("/metrics").text())
        .contains("carewire_tokens_key_reads_total{outcome=\"read\"} 1.0");
    keys.stop();
    assertThat(management("/health/ready").status()).isEqualTo(200);
  }

  @Test
  void nodeWithASecretIsReadyWithoutTheJwks() {
    keys.stop();
    open(keys.uri(), Tokens.SECRET);

    assertThat(management("/health/ready").status()).isEqualTo(200);
    clinic().session(Tokens.patient(newId("ann"))).fence();
  }

  @Test
  void badTokensAreRefusedForGoodEvenWhileNoKeysCouldBeRead() {
    keys.stop();
    open(keys.uri(), "");

    assertInvalid(Tokens.garbage());
    assertInvalid(Tokens.patient("ann"));
    assertInvalid(Tokens.of("ann").unsigned());
  }

  @Test
  void tokenThatNobodyCouldVerifyIsNoFailedAuthentication() throws SQLException {
    keys.stop();
    open(keys.uri(), "");
    TestClient unlucky = clinic().connect();
    refused(
        unlucky.request("session:hello", object("token", Tokens.of("ann").sign(RSA))),
        "UNAVAILABLE");
    assertInvalid(Tokens.garbage());
    assertInvalid(Tokens.garbage());

    await(() -> failedAuthentications() >= 2);

    assertThat(failedAuthentications()).isEqualTo(2);
  }

  @Test
  void refreshThatNobodyCanVerifyChangesNothing() {
    open(keys.uri(), "");
    String ann = newId("ann");
    TestClient client = clinic().session(Tokens.of(ann).sign(RSA));
    keys.stop();

    await(
        () ->
            client
                .request("session:refresh", object("token", Tokens.of(ann).sign(NEW)))
                .path("code")
                .asText()
                .equals("UNAVAILABLE"));

    ok(client.request("session:refresh", object("token", Tokens.of(ann).sign(EC))));
    client.fence();
  }

  @Test
  void helloWaitsForTheReadThatIsUnderWay() {
    keys.stop();
    open(keys.uri(), "");
    var release = new CountDownLatch(1);
    keys.hold(release, RSA);
    keys.restart();
    keys.awaitRequest(DEADLINE);
    TestClient client = clinic().connect();
    String ann = newId("ann");

    var hello = client.ask("session:hello", object("token", Tokens.of(ann).sign(RSA)));
    refused(client.request("room:list", object()), "UNAUTHENTICATED");
    assertThat(hello).isNotDone();
    release.countDown();

    assertThat(ok(TestClient.await(hello)).path("userId").asText()).isEqualTo(ann);
    client.fence();
  }

  @Test
  void helloThatWaitedInVainDoesNotEndWhatAnotherHasBegun() {
    keys.stop();
    open(keys.uri(), Tokens.SECRET);
    var release = new CountDownLatch(1);
    keys.hold(release, RSA);
    keys.restart();
    keys.awaitRequest(DEADLINE);
    TestClient client = clinic().connect();

    var first = client.ask("session:hello", object("token", Tokens.of("ann").sign(NEW)));
    client.hello(Tokens.patient(newId("ann")));
    release.countDown();

    refused(TestClient.await(first), "UNAUTHENTICATED");
    client.fence();
    client.expectNone("error");
  }

  private Clinic clinic() {
    return Objects.requireNonNull(opened);
  }

  private void open(URI jwks, String secret) {
    open(jwks.toString(), secret);
  }

  private void open(String jwks, String secret) {
    opened =
        Clinic.open(
            Described.by(WebSocketTestClient.TRANSPORT),
            Map.of("tokens.jwks", jwks, "tokens.secret", secret, "session.helloTimeout", "1m"));
  }

  private void assertInvalid(String token) {
    TestClient client = clinic().connect();
    assertThat(client.refusedHello(token).path("error").asText())
        .isEqualTo("Authentication error: Invalid token");
    assertThat(client.awaitClose()).isEqualTo(4401);
  }

  /** Asks for something that is not there, as a service may. */
  private Answer get(String token) {
    return clinic().api(token).get("/visits/" + newId("none"));
  }

  private boolean isGood(String token) {
    return get(token).status() == 404;
  }

  private Answer management(String path) {
    return ApiClient.withoutToken(clinic().node().management()).callAnywhere("GET", path, "");
  }

  private int failedAuthentications() {
    try (Connection connection = clinic().node().database().connect();
        ResultSet rows =
            connection
                .createStatement()
                .executeQuery(
                    "select count(*) from audit where action = 'authentication.failed'")) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    assertThat(DemoFolder.await(DEADLINE, condition)).isTrue();
  }
}
