package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
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

  private static final String ALGORITHM = "HS256";

  private final JWTAuth jwt;
  private final GatewayConfig.Tokens config;
  private final Duration leeway;
  private final Clock clock;

  TokenVerifier(Vertx vertx, GatewayConfig.Tokens config, Clock clock) {
    var options = new JWTOptions().setIgnoreExpiration(true);
    if (config.issuer() != null) {
      options.setIssuer(config.issuer());
    }
    if (config.audience() != null) {
      options.addAudience(config.audience());
    }
    this.jwt =
        JWTAuth.create(
            vertx,
            new JWTAuthOptions()
                .addPubSecKey(
                    new PubSecKeyOptions().setAlgorithm(ALGORITHM).setBuffer(config.secret()))
                .setJWTOptions(options));
    this.config = config;
    this.leeway = config.leeway();
    this.clock = clock;
  }

  /**
   * Verifies a token.
   *
   * @return fails with {@code UNAUTHENTICATED} and one of the texts above
   */
  Future<Principal> verify(@Nullable String token) {
    if (token == null || token.isBlank()) {
      return Future.failedFuture(refusal(NO_TOKEN));
    }
    // Within compose, as the library throws on some claims of a wrong type.
    return Future.succeededFuture(new TokenCredentials(token))
        .compose(jwt::authenticate)
        .transform(
            done ->
                done.succeeded()
                    ? principal(done.result())
                    : Future.failedFuture(refusal(INVALID)));
  }

  private Future<Principal> principal(User user) {
    JsonObject claims = user.attributes().getJsonObject("accessToken");
    try {
      Instant expiresAt = time(claims, "exp");
      Instant now = clock.instant();
      if (time(claims, "iat").isAfter(now.plus(leeway)) || isTooEarly(claims, now)) {
        return Future.failedFuture(refusal(INVALID));
      }
      if (!expiresAt.isAfter(now.minus(leeway))) {
        return Future.failedFuture(refusal(EXPIRED));
      }
      String tenant = claims.getString("tenantId");
      String userId = claims.getString("userId", claims.getString("sub"));
      String role = claims.getString("role");
      if (userId == null || role == null) {
        return Future.failedFuture(refusal(INVALID));
      }
      return Future.succeededFuture(
          new Principal(
              tenant == null ? TenantId.DEFAULT : new TenantId(tenant),
              new UserId(userId),
              Role.parse(role),
              // Let in by the leeway, it may also stay for it.
              expiresAt.isAfter(now) ? expiresAt : expiresAt.plus(leeway)));
    } catch (ClassCastException | DateTimeException | Refusal e) {
      // A claim of the wrong type or out of range, or no id or role.
      return Future.failedFuture(refusal(INVALID));
    }
  }

  private boolean isTooEarly(JsonObject claims, Instant now) {
    return claims.containsKey("nbf") && time(claims, "nbf").isAfter(now.plus(leeway));
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

  /** A token for an account of the demo mode. */
  String issue(GatewayConfig.Account account, Duration validFor) {
    var claims =
        new JsonObject()
            .put("userId", account.user().value())
            .put("role", account.role().wireName())
            .put("email", account.email())
            .put("exp", clock.instant().plus(validFor).getEpochSecond());
    if (config.issuer() != null) {
      claims.put("iss", config.issuer());
    }
    if (config.audience() != null) {
      claims.put("aud", config.audience());
    }
    return jwt.generateToken(claims, new JWTOptions().setAlgorithm(ALGORITHM));
  }
}
