package org.carewire.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Access tokens, good and bad ones: {@code Tokens.of("ann").role("patient").sign()}, with the
 * secret or with a {@link SigningKey}.
 */
public final class Tokens {
  /** What a server under test is configured with. */
  public static final String SECRET = "a-secret-for-tests-only-of-more-than-32-bytes";

  private static final String OTHER_SECRET = "another-secret-that-no-server-is-configured-with";

  private final ObjectNode header = Json.object("alg", "HS256", "typ", "JWT");
  private final ObjectNode claims = Json.object();

  private Tokens(String userId) {
    claims.put("userId", userId).put("role", "patient");
    issuedAt(Instant.now()).expiresIn(Duration.ofHours(1));
  }

  /** Of a patient, for an hour, unless said otherwise. */
  public static Tokens of(String userId) {
    return new Tokens(userId);
  }

  public static String patient(String userId) {
    return of(userId).sign();
  }

  public static String provider(String userId) {
    return of(userId).role("provider").sign();
  }

  public static String admin(String userId) {
    return of(userId).role("admin").sign();
  }

  /** Of the application's own backend. */
  public static String service() {
    return of("backend").role("service").sign();
  }

  /** Not a token at all. */
  public static String garbage() {
    return "not.a.token";
  }

  public Tokens role(String role) {
    return claim("role", role);
  }

  public Tokens tenant(String tenantId) {
    return claim("tenantId", tenantId);
  }

  /** Negative: expired that long ago. */
  public Tokens expiresIn(Duration fromNow) {
    claims.put("exp", Instant.now().plus(fromNow).getEpochSecond());
    return this;
  }

  public Tokens issuedAt(Instant time) {
    claims.put("iat", time.getEpochSecond());
    return this;
  }

  /** A text, or whatever else {@link Json} has. */
  public Tokens claim(String name, Object value) {
    claims.setAll(Json.object(name, value));
    return this;
  }

  public Tokens without(String claim) {
    claims.remove(claim);
    return this;
  }

  public String sign() {
    return sign("HmacSHA256", "HS256", SECRET);
  }

  public String signWithAnotherSecret() {
    return sign("HmacSHA256", "HS256", OTHER_SECRET);
  }

  /** With the right secret and an algorithm that is not configured. */
  public String signWithHs512() {
    return sign("HmacSHA512", "HS512", SECRET);
  }

  /** With a field more in the header, or another value of one. */
  public Tokens header(String name, Object value) {
    header.setAll(Json.object(name, value));
    return this;
  }

  /** With the key's own algorithm and, where it has one and the header none, its {@code kid}. */
  public String sign(SigningKey key) {
    if (key.kid().isEmpty() || header.has("kid")) {
      return sign(key.algorithm(), key::sign);
    }
    header.put("kid", key.kid());
    String token = sign(key.algorithm(), key::sign);
    header.remove("kid");
    return token;
  }

  /** HS256 with any bytes for a secret. */
  public String signWithSecret(byte[] secret) {
    return sign("HS256", content -> mac("HmacSHA256", secret, content));
  }

  /**
   * Whatever the algorithm and the signature.
   *
   * @param signer makes the signature of the bytes before it
   */
  public String sign(String algorithm, UnaryOperator<byte[]> signer) {
    String content = content(algorithm);
    return content + "." + base64(signer.apply(content.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Algorithm {@code none}. */
  public String unsigned() {
    return content("none") + ".";
  }

  /** Signed well, then given to someone else. */
  public String signAndForgeUser(String userId) {
    String signed = sign();
    claims.put("userId", userId);
    return content("HS256") + signed.substring(signed.lastIndexOf('.'));
  }

  private String sign(String macName, String algorithm, String secret) {
    return sign(
        algorithm, content -> mac(macName, secret.getBytes(StandardCharsets.UTF_8), content));
  }

  private static byte[] mac(String macName, byte[] secret, byte[] content) {
    try {
      Mac mac = Mac.getInstance(macName);
      mac.init(new SecretKeySpec(secret, macName));
      return mac.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String content(String algorithm) {
    header.put("alg", algorithm);
    return base64(header) + "." + base64(claims);
  }

  private static String base64(JsonNode node) {
    return base64(Json.bytes(node));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
