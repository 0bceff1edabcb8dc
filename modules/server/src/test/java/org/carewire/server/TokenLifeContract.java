package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;

/** A session lives as long as its token, and longer with a new one. */
abstract class TokenLifeContract extends Contract {
  private static final String ISSUER = "https://identity.example";
  private static final String AUDIENCE = "carewire";

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
