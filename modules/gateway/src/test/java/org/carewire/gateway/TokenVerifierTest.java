package org.carewire.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.gateway.TokenVerifier.EXPIRED;
import static org.carewire.gateway.TokenVerifier.INVALID;
import static org.carewire.gateway.Verifying.GOOD;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.carewire.gateway.GatewayConfig.Algorithm;
import org.carewire.testkit.KeyServer;
import org.carewire.testkit.SigningKey;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who signs a token, and how, decides whether it is believed. */
class TokenVerifierTest {
  private static final SigningKey RSA = SigningKey.rsa("rsa-1");
  private static final SigningKey EC = SigningKey.ec("ec-1");
  private static final SigningKey STRANGER_RSA = SigningKey.rsa("rsa-1");
  private static final SigningKey STRANGER_EC = SigningKey.ec("ec-1");
  private static final SigningKey NAMELESS_EC = SigningKey.ec("");

  @TempDir static Path folder;

  private static Verifying both;

  @BeforeAll
  static void open() throws IOException {
    both = Verifying.of(Tokens.SECRET, jwks(RSA, EC, NAMELESS_EC)).started();
  }

  @AfterAll
  static void close() {
    both.close();
  }

  @Test
  void tokensOfEitherAlgorithmAndOfTheSecretAreBelieved() {
    assertThat(both.verify(Tokens.of("ann").sign(RSA))).isEqualTo(GOOD);
    assertThat(both.verify(Tokens.of("ann").sign(EC))).isEqualTo(GOOD);
    assertThat(both.verify(Tokens.of("ann").sign())).isEqualTo(GOOD);
  }

  @Test
  void withoutASecretOnlyTheKeysOfTheJwksAreBelieved() throws IOException {
    try (var verifying = Verifying.of(null, jwks(RSA, EC)).started()) {
      assertThat(verifying.verify(Tokens.of("ann").sign(RSA))).isEqualTo(GOOD);
      assertThat(verifying.verify(Tokens.of("ann").sign())).isEqualTo(INVALID);
      assertThat(verifying.verify(Tokens.of("ann").signWithSecret(new byte[32])))
          .isEqualTo(INVALID);
    }
  }

  @Test
  void onlyTheConfiguredAlgorithmIsBelieved() throws IOException {
    try (var onlyEc = Verifying.only(Algorithm.ES256, jwks(RSA, EC)).started();
        var onlyRsa = Verifying.only(Algorithm.RS256, jwks(RSA, EC)).started()) {
      assertThat(onlyEc.verify(Tokens.of("ann").sign(EC))).isEqualTo(GOOD);
      assertThat(onlyEc.verify(Tokens.of("ann").sign(RSA))).isEqualTo(INVALID);
      assertThat(onlyRsa.verify(Tokens.of("ann").sign(RSA))).isEqualTo(GOOD);
      assertThat(onlyRsa.verify(Tokens.of("ann").sign(EC))).isEqualTo(INVALID);
    }
  }

  @Test
  void tokenThatNamesNoKeyIsVerifiedByAnyKeyOfItsAlgorithm() {
    assertThat(both.verify(Tokens.of("ann").sign(RSA.named("")))).isEqualTo(GOOD);
    assertThat(both.verify(Tokens.of("ann").sign(EC.named("")))).isEqualTo(GOOD);
    assertThat(both.verify(Tokens.of("ann").sign(NAMELESS_EC))).isEqualTo(GOOD);
  }

  @Test
  void keyWithoutANameIsForTokensThatNameNoneOnly() {
    assertThat(both.verify(Tokens.of("ann").sign(NAMELESS_EC.named("some")))).isEqualTo(INVALID);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forgeries")
  void forgeryIsRefused(String what, String token) {
    assertThat(both.verify(token)).as(what).isEqualTo(INVALID);
  }

  static Stream<Arguments> forgeries() {
    Tokens ann = Tokens.of("ann");
    return Stream.of(
        Arguments.of("another RSA key of that name", ann.sign(STRANGER_RSA)),
        Arguments.of("another EC key of that name", ann.sign(STRANGER_EC)),
        Arguments.of("RS256, naming an EC key", ann.sign(RSA.named("ec-1"))),
        Arguments.of("ES256, naming an RSA key", ann.sign(EC.named("rsa-1"))),
        Arguments.of("a key that nobody has", ann.sign(RSA.named("rsa-2"))),
        Arguments.of("PS256", ann.header("kid", "rsa-1").sign("PS256", RSA::sign)),
        Arguments.of("RS512", signed(RSA, "RS512", "SHA512withRSA")),
        Arguments.of("RS256 that says ES256", signed(RSA, "ES256", "SHA256withRSA")),
        Arguments.of("ES256 that says RS256", signed(EC, "RS256", "SHA256withECDSA")),
        Arguments.of("RS256 that says HS256", signed(RSA, "HS256", "SHA256withRSA")),
        Arguments.of("ES256 in DER", signed(EC, "ES256", "SHA256withECDSA")),
        Arguments.of("ES256 of zeros", ec(_ -> new byte[64])),
        Arguments.of("ES256 of ones", ec(_ -> filled((byte) 0xff))),
        Arguments.of("ES256, r of zero", ec(signature -> zero(signature, 0))),
        Arguments.of("ES256, s of zero", ec(signature -> zero(signature, 32))),
        Arguments.of("ES256 too short", ec(signature -> Arrays.copyOf(signature, 63))),
        Arguments.of("ES256 too long", ec(signature -> Arrays.copyOf(signature, 65))),
        Arguments.of("ES256 empty", ec(_ -> new byte[0])),
        Arguments.of("RS256 empty", rsa(_ -> new byte[0])),
        Arguments.of("RS256 too short", rsa(signature -> Arrays.copyOf(signature, 255))),
        Arguments.of("RS256 of zeros", rsa(_ -> new byte[256])),
        Arguments.of("another user's RS256", withAnotherPayload(Tokens.of("bob").sign(RSA))),
        Arguments.of("another user's ES256", withAnotherPayload(Tokens.of("bob").sign(EC))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("publicKeysAsSecrets")
  void publicKeyIsNoSecret(String what, byte[] secret) {
    Tokens ann = Tokens.of("ann");

    assertThat(both.verify(ann.signWithSecret(secret))).as(what).isEqualTo(INVALID);
    assertThat(both.verify(ann.header("kid", "rsa-1").signWithSecret(secret)))
        .as(what)
        .isEqualTo(INVALID);
  }

  static Stream<Arguments> publicKeysAsSecrets() {
    return Stream.of(RSA, EC)
        .flatMap(
            key ->
                Stream.of(
                    Arguments.of("PEM of " + key, key.pem().getBytes(UTF_8)),
                    Arguments.of("PEM without its last line break", stripped(key)),
                    Arguments.of("DER of " + key, key.der()),
                    Arguments.of("JWK of " + key, key.jwk().toString().getBytes(UTF_8)),
                    Arguments.of("JWKS of " + key, SigningKey.jwks(key).getBytes(UTF_8)),
                    Arguments.of("modulus or x", value(key))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"none", "None", "NONE", "nOnE", " none", "none ", "", "null", "hs256", "rs256"})
  void noAlgorithmByWhateverSpellingIsRefused(String algorithm) {
    assertThat(both.verify(Tokens.of("ann").sign(algorithm, _ -> new byte[0]))).isEqualTo(INVALID);
    assertThat(both.verify(Tokens.of("ann").header("kid", "rsa-1").sign(algorithm, RSA::sign)))
        .isEqualTo(INVALID);
  }

  @Test
  void keysThatComeWithTheTokenAreNotLookedAt() {
    try (var theirs = KeyServer.with(STRANGER_RSA)) {
      SigningKey nameless = STRANGER_RSA.named("");
      for (String token :
          List.of(
              Tokens.of("ann").header("jwk", STRANGER_RSA.jwk()).sign(nameless),
              Tokens.of("ann").header("jwk", STRANGER_RSA.jwk()).sign(STRANGER_RSA),
              Tokens.of("ann").header("jku", theirs.uri().toString()).sign(STRANGER_RSA),
              Tokens.of("ann").header("x5u", theirs.uri().toString()).sign(STRANGER_RSA),
              Tokens.of("ann").header("x5c", List.of(der(STRANGER_RSA))).sign(STRANGER_RSA),
              Tokens.of("ann").header("kid", theirs.uri().toString()).sign(STRANGER_RSA))) {
        assertThat(both.verify(token)).isEqualTo(INVALID);
      }
      assertThat(theirs.requests()).isZero();
    }
    assertThat(both.verify(Tokens.of("ann").header("jwk", STRANGER_RSA.jwk()).sign(RSA)))
        .as("nor held against it")
        .isEqualTo(GOOD);
  }

  @Test
  void extensionsThatMustBeUnderstoodAreNot() {
    for (String extension : List.of("exp", "b64", "http://example.com/UNDEFINED")) {
      Tokens critical = Tokens.of("ann").header("crit", List.of(extension)).header(extension, true);
      assertThat(both.verify(critical.sign(RSA))).as(extension).isEqualTo(INVALID);
      assertThat(both.verify(critical.sign())).as(extension).isEqualTo(INVALID);
    }
    assertThat(both.verify(Tokens.of("ann").header("crit", List.of()).sign(RSA)))
        .isEqualTo(INVALID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "...",
        "....",
        "a.b.c",
        "bnVsbA.bnVsbA.bnVsbA",
        "W10.W10.W10",
        "e30.e30.e30",
        "eyJhbGciOm51bGx9.e30.AA",
        "eyJhbGciOjF9.e30.AA",
        "eyJhbGciOiJSUzI1NiIsImtpZCI6MX0.e30.AA",
        "eyJhbGciOiJSUzI1NiIsImp3ayI6e319.e30.AA",
        "eyJhbGciOiJIUzI1NiJ9..AA"
      })
  void whatIsNoTokenIsRefused(String token) {
    assertThat(both.verify("x" + token)).isEqualTo(INVALID);
    assertThat(both.verify(token + " ")).isIn(INVALID, TokenVerifier.NO_TOKEN);
  }

  @Test
  void algorithmGivenTwiceIsRefused() {
    String header =
        base64("{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"rsa-1\"}".getBytes(UTF_8));
    String signed = Tokens.of("ann").sign(RSA);
    String content = header + "." + signed.split("\\.", -1)[1];

    assertThat(both.verify(content + "." + base64(RSA.sign(content.getBytes(UTF_8)))))
        .isEqualTo(INVALID);
  }

  @Test
  void claimsAreCheckedWhateverTheSignature() throws IOException {
    try (var strict = Verifying.strict(jwks(RSA, EC)).started()) {
      for (SigningKey key : List.of(RSA, EC)) {
        assertThat(strict.verify(ours().sign(key))).isEqualTo(GOOD);
        assertThat(strict.verify(ours().claim("iss", "https://other.example").sign(key)))
            .isEqualTo(INVALID);
        assertThat(strict.verify(ours().without("iss").sign(key))).isEqualTo(INVALID);
        assertThat(strict.verify(ours().claim("aud", "other").sign(key))).isEqualTo(INVALID);
        assertThat(strict.verify(ours().without("aud").sign(key))).isEqualTo(INVALID);
        assertThat(strict.verify(ours().without("role").sign(key))).isEqualTo(INVALID);
        assertThat(strict.verify(ours().expiresIn(Duration.ofSeconds(-20)).sign(key)))
            .as("within the leeway")
            .isEqualTo(GOOD);
        assertThat(strict.verify(ours().expiresIn(Duration.ofMinutes(-1)).sign(key)))
            .isEqualTo(EXPIRED);
        assertThat(strict.verify(ours().issuedAt(Instant.now().plusSeconds(10)).sign(key)))
            .as("within the leeway")
            .isEqualTo(GOOD);
        assertThat(strict.verify(ours().issuedAt(Instant.now().plusSeconds(90)).sign(key)))
            .isEqualTo(INVALID);
      }
    }
  }

  @Test
  void oneOfSeveralAudiencesIsEnough() throws IOException {
    try (var strict = Verifying.strict(jwks(RSA)).started()) {
      assertThat(strict.verify(ours().claim("aud", List.of("x", Verifying.AUDIENCE)).sign(RSA)))
          .isEqualTo(GOOD);
      assertThat(strict.verify(ours().claim("aud", List.of("x", "y")).sign(RSA)))
          .isEqualTo(INVALID);
      assertThat(strict.verify(ours().claim("aud", List.of()).sign(RSA))).isEqualTo(INVALID);
    }
  }

  private static Tokens ours() {
    return Tokens.of("ann").claim("iss", Verifying.ISSUER).claim("aud", Verifying.AUDIENCE);
  }

  private static String signed(SigningKey key, String algorithm, String signature) {
    return Tokens.of("ann")
        .header("kid", key.kid())
        .sign(algorithm, content -> key.sign(signature, content));
  }

  private interface Bending {
    byte[] bend(byte[] signature);
  }

  private static String ec(Bending bending) {
    return Tokens.of("ann")
        .header("kid", EC.kid())
        .sign("ES256", content -> bending.bend(EC.sign(content)));
  }

  private static String rsa(Bending bending) {
    return Tokens.of("ann")
        .header("kid", RSA.kid())
        .sign("RS256", content -> bending.bend(RSA.sign(content)));
  }

  private static byte[] filled(byte value) {
    byte[] bytes = new byte[64];
    Arrays.fill(bytes, value);
    return bytes;
  }

  private static byte[] zero(byte[] signature, int from) {
    byte[] bytes = signature.clone();
    Arrays.fill(bytes, from, from + 32, (byte) 0);
    return bytes;
  }

  /** The header and signature of the one, the claims of another. */
  private static String withAnotherPayload(String token) {
    String[] parts = token.split("\\.", -1);
    return parts[0] + "." + Tokens.of("ann").sign().split("\\.", -1)[1] + "." + parts[2];
  }

  private static byte[] stripped(SigningKey key) {
    return key.pem().strip().getBytes(UTF_8);
  }

  private static byte[] value(SigningKey key) {
    return Base64.getUrlDecoder().decode(key.jwk().path(key.equals(RSA) ? "n" : "x").asText());
  }

  private static String der(SigningKey key) {
    return Base64.getEncoder().encodeToString(key.der());
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static URI jwks(SigningKey... keys) throws IOException {
    Path file = Files.createTempFile(folder, "jwks", ".json");
    return Files.writeString(file, SigningKey.jwks(keys)).toUri();
  }
}
