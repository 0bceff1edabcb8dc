package org.carewire.notifications;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Date;

/**
 * By which push services know who pushes (RFC 8292); blocks while it signs. Safe for all threads.
 */
final class VapidTokens {
  /** They may be valid for a day. */
  private static final Duration VALID = Duration.ofHours(12);

  private static final Duration USED = Duration.ofHours(1);

  private static final int COORDINATE_BYTES = 32;
  private static final int MOST_ORIGINS = 1_000;

  private final String contact;
  private final Clock clock;
  private final Cache<String, String> tokens =
      Caffeine.newBuilder().expireAfterWrite(USED).maximumSize(MOST_ORIGINS).build();

  VapidTokens(String contact, Clock clock) {
    this.contact = contact;
    this.clock = clock;
  }

  /**
   * The header {@code Authorization}.
   *
   * @param origin of the push service
   */
  String authorization(PushKeyPair keys, String origin) {
    return "vapid t=%s, k=%s"
        .formatted(tokens.get(origin, audience -> sign(keys, audience)), keys.publicKey());
  }

  private String sign(PushKeyPair keys, String audience) {
    var token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).type(JOSEObjectType.JWT).build(),
            new JWTClaimsSet.Builder()
                .audience(audience)
                .subject(contact)
                .expirationTime(Date.from(clock.instant().plus(VALID)))
                .build());
    try {
      token.sign(new ECDSASigner(key(keys)));
    } catch (JOSEException e) {
      throw new IllegalStateException("The key does not sign", e);
    }
    return token.serialize();
  }

  private static ECKey key(PushKeyPair keys) {
    byte[] point = new Base64URL(keys.publicKey()).decode();
    return new ECKey.Builder(
            Curve.P_256,
            Base64URL.encode(Arrays.copyOfRange(point, 1, 1 + COORDINATE_BYTES)),
            Base64URL.encode(Arrays.copyOfRange(point, 1 + COORDINATE_BYTES, point.length)))
        .d(new Base64URL(keys.privateKey()))
        .build();
  }
}
