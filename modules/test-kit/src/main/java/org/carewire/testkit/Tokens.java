package org.carewire.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Access tokens, good and bad ones: {@code Tokens.of("ann").role("patient").sign()}. */
public final class Tokens {
  /** What a server under test is configured with. */
  public static final String SECRET = "a-secret-for-tests-only-of-more-than-32-bytes";

  private static final String OTHER_SECRET = "another-secret-that-no-server-is-configured-with";

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

  public Tokens claim(String name, String value) {
    claims.put(name, value);
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
    String content = content(algorithm);
    try {
      Mac mac = Mac.getInstance(macName);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), macName));
      return content + "." + base64(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String content(String algorithm) {
    return base64(Json.object("alg", algorithm, "typ", "JWT")) + "." + base64(claims);
  }

  private static String base64(JsonNode node) {
    return base64(Json.bytes(node));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
