package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;

/** A session lives as long as its token, and longer with a new one. */
abstract class TokenLifeContract extends Contract {
  private static final String ISSUER = "https://identity.example";
  private static final String AUDIENCE = "carewire";
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  @Override
  Map<String, String> settings() {
    return Map.of("tokens.issuer", ISSUER, "tokens.audience", AUDIENCE);
  }

  @Test
  void tokenOfTheRightIssuerAndAudienceIsTaken() {
    clinic.session(token(newId("ann")).sign()).fence();
  }

  @Test
  void tokenOfAnotherIssuerOrAudienceIsRefused() {
    assertInvalid(token("ann").claim("iss", "https://other.example").sign());
    assertInvalid(token("ann").claim("aud", "other").sign());
    assertInvalid(token("ann").without("iss").sign());
    assertInvalid(token("ann").without("aud").sign());
  }

  @Test
  void sessionEndsWithItsToken() {
    TestClient client = clinic.session(token(newId("ann")).expiresIn(Duration.ofSeconds(2)).sign());

    client.next("session:expired");

    assertThat(client.awaitClose()).isEqualTo(4401);
  }

  @Test
  void refreshedSessionOutlivesItsFirstToken() {
    String ann = newId("ann");
    TestClient refreshed = clinic.session(expiringSoon(ann, 2));
    TestClient other = clinic.session(expiringSoon(ann, 3));

    ok(refreshed.request("session:refresh", object("token", token(ann).sign())));

    other.next("session:expired");
    refreshed.expectNone("session:expired");
  }

  @Test
  void refreshToAShorterTokenEndsTheSessionSooner() {
    String ann = newId("ann");
    TestClient client = clinic.session(token(ann).sign());

    ok(client.request("session:refresh", object("token", expiringSoon(ann, 2))));

    client.next("session:expired");
    assertThat(client.awaitClose()).isEqualTo(4401);
  }

  @Test
  void refreshWithAnotherUsersTokenIsRefusedAndChangesNothing() {
    String ann = newId("ann");
    TestClient client = clinic.session(token(ann).sign());

    JsonNode otherUser =
        client.request("session:refresh", object("token", token(newId("bob")).sign()));
    JsonNode otherTenant =
        client.request("session:refresh", object("token", token(ann).tenant("elsewhere").sign()));

    assertThat(otherUser.get("success").asBoolean()).isFalse();
    assertThat(otherTenant.get("success").asBoolean()).isFalse();
    ok(client.request("room:join", object("roomId", "notifications:" + ann)));
  }

  @Test
  void refreshWithABadTokenIsRefusedAndTheSessionGoesOn() {
    String ann = newId("ann");
    TestClient client = clinic.session(token(ann).sign());

    refused(
        client.request("session:refresh", object("token", Tokens.garbage())), "UNAUTHENTICATED");
    refused(
        client.request(
            "session:refresh", object("token", token(ann).expiresIn(Duration.ofHours(-1)).sign())),
        "UNAUTHENTICATED");
    refused(
        client.request("session:refresh", object("token", token(ann).claim("iss", "other").sign())),
        "UNAUTHENTICATED");

    client.fence();
  }

  @Test
  void expiryEndsTheSessionWithinASecond() {
    Instant end = Instant.now().plusSeconds(2).truncatedTo(ChronoUnit.SECONDS);
    TestClient client =
        clinic.session(token(newId("ann")).claim("exp", end.getEpochSecond()).sign());

    client.awaitClose();

    assertThat(Instant.now()).isBetween(end, end.plus(AT_ONCE));
  }

  @Test
  void revocationEndsEachSessionOfTheUserWithinASecond() {
    String ann = newId("ann");
    String token = token(ann).sign();
    TestClient one = clinic.session(token);
    TestClient other = clinic.session(earlier(ann));

    revoke(ann);

    assertThat(one.awaitClose(AT_ONCE)).isEqualTo(4403);
    assertThat(other.awaitClose(AT_ONCE)).isEqualTo(4403);
    assertInvalid(token);
  }

  @Test
  void revocationEndsNoSessionOfALaterToken() {
    String ann = newId("ann");
    TestClient refreshed = clinic.session(earlier(ann));
    ok(refreshed.request("session:refresh", object("token", later(ann))));
    TestClient began = clinic.session(later(ann));
    TestClient revoked = clinic.session(earlier(ann));

    revoke(ann);

    assertThat(revoked.awaitClose(AT_ONCE)).isEqualTo(4403);
    refreshed.fence();
    began.fence();
    clinic.session(later(ann)).fence();
  }

  @Test
  void refreshWithARevokedTokenIsRefusedAndTheSessionGoesOn() {
    String ann = newId("ann");
    TestClient client = clinic.session(later(ann));
    String revoked = token(ann).sign();
    revoke(ann);

    JsonNode reply = client.request("session:refresh", object("token", revoked));

    refused(reply, "UNAUTHENTICATED");
    assertThat(reply.get("error").asText()).isEqualTo("Authentication error: Invalid token");
    client.fence();
  }

  private void revoke(String userId) {
    var answer =
        clinic
            .api(token("backend").role("service").sign())
            .post("/users/" + userId + "/disconnect", object("reason", "stolen"));
    assertThat(answer.status()).as(answer.text()).isEqualTo(204);
  }

  private static String earlier(String userId) {
    return token(userId).issuedAt(Instant.now().minusSeconds(600)).sign();
  }

  /** Issued after what the test does next: the clocks of issuers may be ahead. */
  private static String later(String userId) {
    return token(userId).issuedAt(Instant.now().plusSeconds(20)).sign();
  }

  private void assertInvalid(String token) {
    TestClient client = clinic.connect();
    assertThat(client.refusedHello(token).get("error").asText())
        .isEqualTo("Authentication error: Invalid token");
    assertThat(client.awaitClose()).isEqualTo(4401);
  }

  private static Tokens token(String userId) {
    return Tokens.of(userId).claim("iss", ISSUER).claim("aud", AUDIENCE);
  }

  private static String expiringSoon(String userId, int seconds) {
    return token(userId).expiresIn(Duration.ofSeconds(seconds)).sign();
  }
}
