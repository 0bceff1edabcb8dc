package org.carewire.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.text.ParseException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Role;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** Verifies access tokens: signature, issuer, audience, times and claims. */
final class TokenVerifier {
  static final String NO_TOKEN = "Authentication error: No token provided";
  static final String INVALID = "Authentication error: Invalid token";
  static final String EXPIRED = "Authentication error: Token expired";

  private final Vertx vertx;
  private final GatewayConfig.Tokens config;
  private final @Nullable TokenKeys keys;
  private final List<JWSVerifier> secret;
  private final Clock clock;

  /**
   * A verifier of one gateway instance.
   *
   * @param keys for RS256 and ES256; absent where no JWKS is configured
   */
  TokenVerifier(Vertx vertx, GatewayConfig.Tokens config, @Nullable TokenKeys keys, Clock clock) {
    this.vertx = vertx;
    this.config = config;
    this.keys = keys;
    this.secret = config.secret() == null ? List.of() : List.of(verifier(config.secret()));
    this.clock = clock;
  }

  private static JWSVerifier verifier(String secret) {
    try {
      return new MACVerifier(secret);
    } catch (JOSEException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /**
   * Verifies a token.
   *
   * @return fails with {@code UNAUTHENTICATED} and one of the texts above, or with {@code
   *     UNAVAILABLE} where the keys to verify it with could not be read
   */
  Future<Principal> verify(@Nullable String token) {
    if (token == null || token.isBlank()) {
      return Future.failedFuture(refusal(NO_TOKEN));
    }
    SignedJWT jwt = parse(token);
    if (jwt == null) {
      return Future.failedFuture(refusal(INVALID));
    }
    return here(verifiers(jwt.getHeader())).map(verifiers -> principal(jwt, verifiers));
  }

  private static @Nullable SignedJWT parse(String token) {
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      // Extensions that must be understood; none is.
      return jwt.getHeader().getCriticalParams() == null ? jwt : null;
    } catch (ParseException | RuntimeException e) {
      // The library lets some headers end in exceptions of other types.
      return null;
    }
  }

  /**
   * The algorithm says which kind of key is used, and by its name only a key that the server has.
   * Keys and addresses of keys in the token itself are not looked at.
   */
  private Future<List<JWSVerifier>> verifiers(JWSHeader header) {
    if (header.getAlgorithm().equals(JWSAlgorithm.HS256)) {
      return Future.succeededFuture(secret);
    }
    return keys == null ? Future.succeededFuture(List.of()) : keys.fitting(header);
  }

  /** The same, on the event loop of whoever asks. */
  private <T> Future<T> here(Future<T> future) {
    if (future.isComplete()) {
      return future;
    }
    Context asker = vertx.getOrCreateContext();
    Promise<T> here = Promise.promise();
    future.onComplete((value, failure) -> asker.runOnContext(_ -> here.complete(value, failure)));
    return here.future();
  }

  private Principal principal(SignedJWT jwt, List<JWSVerifier> verifiers) {
    if (verifiers.stream().noneMatch(verifier -> isSignedBy(jwt, verifier))) {
      throw refusal(INVALID);
    }
    try {
      var claims = new JsonObject(Buffer.buffer(jwt.getPayload().toBytes()));
      return principal(claims, until(claims));
    } catch (DecodeException | ClassCastException | DateTimeException e) {
      // No JSON object, or a claim of the wrong type or out of range.
      throw refusal(INVALID);
    }
  }

  private static boolean isSignedBy(SignedJWT jwt, JWSVerifier verifier) {
    try {
      return jwt.verify(verifier);
    } catch (JOSEException e) {
      return false;
    }
  }

  /** Until when the token is good; throws where it is not good now. */
  private Instant until(JsonObject claims) {
    Instant expiresAt = time(claims, "exp");
    Instant now = clock.instant();
    Instant latest = now.plus(config.leeway());
    if (!isForUs(claims)
        || time(claims, "iat").isAfter(latest)
        || (claims.containsKey("nbf") && time(claims, "nbf").isAfter(latest))) {
      throw refusal(INVALID);
    }
    if (!expiresAt.isAfter(now.minus(config.leeway()))) {
      throw refusal(EXPIRED);
    }
    // Let in by the leeway, it may also stay for it.
    return expiresAt.isAfter(now) ? expiresAt : expiresAt.plus(config.leeway());
  }

  private static Principal principal(JsonObject claims, Instant until) {
    String tenant = claims.getString("tenantId");
    String userId = claims.getString("userId", claims.getString("sub"));
    String role = claims.getString("role");
    if (userId == null || role == null) {
      throw refusal(INVALID);
    }
    try {
      return new Principal(
          tenant == null ? TenantId.DEFAULT : new TenantId(tenant),
          new UserId(userId),
          Role.parse(role),
          time(claims, "iat"),
          until);
    } catch (Refusal e) {
      // No id, or no role.
      throw refusal(INVALID);
    }
  }

  private boolean isForUs(JsonObject claims) {
    return (config.issuer() == null || config.issuer().equals(claims.getValue("iss")))
        && (config.audience() == null || isAmong(config.audience(), claims.getValue("aud")));
  }

  private static boolean isAmong(String audience, @Nullable Object claim) {
    return claim instanceof JsonArray many ? many.contains(audience) : audience.equals(claim);
  }

  private static Instant time(JsonObject claims, String name) {
    Long seconds = claims.getLong(name);
    if (seconds == null) {
      throw refusal(INVALID);
    }
    return Instant.ofEpochSecond(seconds);
  }

  private static Refusal refusal(String text) {
    return Refusal.of(ErrorCode.UNAUTHENTICATED, text);
  }
}
