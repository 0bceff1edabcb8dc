package org.carewire.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JWSAlgorithm;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.carewire.testkit.Json;
import org.carewire.testkit.SigningKey;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys of a JWKS are believed. */
class KeySetTest {
  private static final SigningKey RSA = SigningKey.rsa("rsa-1");
  private static final SigningKey EC = SigningKey.ec("ec-1");
  private static final Set<JWSAlgorithm> BOTH = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);

  @Test
  void publicKeysOfBothKindsAreHeld() throws KeysNotRead {
    assertThat(kids(SigningKey.jwks(RSA, EC))).containsExactly("rsa-1", "ec-1");
  }

  @Test
  void keyNeedNotSayWhatItIsFor() throws KeysNotRead {
    ObjectNode key = RSA.jwk();
    key.remove(List.of("use", "alg"));

    assertThat(kids(SigningKey.jwks(key, EC.jwk()))).containsExactly("rsa-1", "ec-1");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("uselessKeys")
  void uselessKeyIsIgnoredAndDisturbsNoOther(String what, ObjectNode key) throws KeysNotRead {
    KeySet set = KeySet.parse(SigningKey.jwks(key, EC.jwk()).getBytes(UTF_8), BOTH);

    assertThat(set.keys()).as(what).extracting(one -> one.jwk().getKeyID()).containsExactly("ec-1");
    assertThat(set.ignored()).isEqualTo(1);
    assertThatThrownBy(() -> kids(SigningKey.jwks(key)))
        .isInstanceOfSatisfying(
            KeysNotRead.class,
            failure -> assertThat(failure.reason()).isEqualTo(KeysNotRead.Reason.NO_USABLE_KEY));
  }

  static Stream<Arguments> uselessKeys() {
    String secret = Base64.getUrlEncoder().encodeToString(Tokens.SECRET.getBytes(UTF_8));
    ObjectNode shifted = EC.jwk();
    shifted.set("x", SigningKey.ec("").jwk().get("x"));
    ObjectNode padded = SigningKey.rsa("padded", 1_024).jwk();
    byte[] modulus = new byte[256];
    System.arraycopy(
        Base64.getUrlDecoder().decode(padded.path("n").asText()), 0, modulus, 128, 128);
    padded.put("n", Base64.getUrlEncoder().withoutPadding().encodeToString(modulus));
    return Stream.of(
        Arguments.of("a private RSA key", RSA.privateJwk()),
        Arguments.of("a private EC key", EC.privateJwk()),
        Arguments.of("a secret", Json.object("kty", "oct", "k", secret, "alg", "HS256")),
        Arguments.of("a secret for RS256", Json.object("kty", "oct", "k", secret, "alg", "RS256")),
        Arguments.of("RSA of 1,024 bits", SigningKey.rsa("weak", 1_024).jwk()),
        Arguments.of("RSA of 1,024 bits and zeros before", padded),
        Arguments.of("RSA with an exponent of 1", RSA.jwk().put("e", "AQ")),
        Arguments.of("RSA without a modulus", RSA.jwk().without("n")),
        Arguments.of("RSA for encryption", RSA.jwk().put("use", "enc")),
        Arguments.of("RSA for something else", RSA.jwk().put("use", "other")),
        Arguments.of("RSA for RS512", RSA.jwk().put("alg", "RS512")),
        Arguments.of("RSA for PS256", RSA.jwk().put("alg", "PS256")),
        Arguments.of("RSA for ES256", RSA.jwk().put("alg", "ES256")),
        Arguments.of("RSA for HS256", RSA.jwk().put("alg", "HS256")),
        Arguments.of("RSA for signing only", operations(RSA, "sign")),
        Arguments.of("EC for another algorithm", EC.jwk().put("alg", "ES384")),
        Arguments.of("EC on another curve", EC.jwk().put("crv", "P-384")),
        Arguments.of("EC on an old curve", EC.jwk().put("crv", "secp256k1")),
        Arguments.of("EC on no curve", EC.jwk().without("crv")),
        Arguments.of("EC, a point off the curve", shifted),
        Arguments.of(
            "EdDSA",
            Json.object(
                "kty",
                "OKP",
                "crv",
                "Ed25519",
                "x",
                "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")),
        Arguments.of("an unknown kind", Json.object("kty", "XYZ")),
        Arguments.of("no kind", Json.object("kid", "rsa-1")),
        Arguments.of("a name that is none", RSA.jwk().put("kid", 5)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "{}",
        "\"keys\"",
        "{\"keys\":{}}",
        "{\"keys\":null}",
        "{\"keys\":[",
        "<!doctype html><title>Sign in</title>",
        "{\"error\":\"server_error\"}"
      })
  void whatIsNoJwksIsRefused(String text) {
    assertThatThrownBy(() -> kids(text))
        .isInstanceOfSatisfying(
            KeysNotRead.class,
            failure -> assertThat(failure.reason()).isEqualTo(KeysNotRead.Reason.NOT_JWKS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"keys\":[]}", "{\"keys\":[5,null,\"x\",[],{}]}"})
  void jwksWithoutAKeyIsRefused(String text) {
    assertThatThrownBy(() -> kids(text))
        .isInstanceOfSatisfying(
            KeysNotRead.class,
            failure -> assertThat(failure.reason()).isEqualTo(KeysNotRead.Reason.NO_USABLE_KEY));
  }

  @Test
  void whatAKeyMustBeLikeIsSaid() {
    assertThatThrownBy(() -> kids("{\"keys\":[]}"))
        .hasMessageContaining("2,048 bits")
        .hasMessageContaining("P-256")
        .hasMessageContaining("tokens.algorithms");
  }

  private static ObjectNode operations(SigningKey key, String... operations) {
    ObjectNode jwk = key.jwk().without("use");
    jwk.set("key_ops", Json.array((Object[]) operations));
    return jwk;
  }

  private static List<String> kids(String json) throws KeysNotRead {
    return KeySet.parse(json.getBytes(UTF_8), BOTH).keys().stream()
        .map(key -> key.jwk().getKeyID())
        .toList();
  }
}
