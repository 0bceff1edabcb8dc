package org.carewire.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Objects;

/** Issues tokens for the accounts of the demo mode; elsewhere the platform does. */
final class TokenIssuer {
  private final GatewayConfig.Tokens config;
  private final Clock clock;

  /**
   * An issuer.
   *
   * @param config which has a secret
   */
  TokenIssuer(GatewayConfig.Tokens config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  String issue(GatewayConfig.Account account, Duration validFor) {
    Instant now = clock.instant();
    var claims =
        new JWTClaimsSet.Builder()
            .claim("userId", account.user().value())
            .claim("role", account.role().wireName())
            .claim("email", account.email())
            .issuer(config.issuer())
            .audience(config.audience())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(validFor)));
    var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
    try {
      token.sign(new MACSigner(Objects.requireNonNull(config.secret())));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return token.serialize();
  }
}
