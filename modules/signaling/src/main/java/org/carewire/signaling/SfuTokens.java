package org.carewire.signaling;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.KeyLengthException;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import org.carewire.protocol.CallId;
import org.carewire.protocol.SfuAccess;
import org.carewire.protocol.UserId;
import org.carewire.signaling.SignalingConfig.Sfu;

/** Lets participants into a call's room on a LiveKit server, by the access tokens that it takes. */
final class SfuTokens {
  /** To come in with; LiveKit renews the token of who is in. */
  private static final Duration LIFETIME = Duration.ofMinutes(10);

  private final Sfu sfu;
  private final JWSSigner signer;

  /** Of a server whose secret is long enough for HS256. */
  SfuTokens(Sfu sfu) {
    this.sfu = sfu;
    try {
      this.signer = new MACSigner(sfu.secret().getBytes(UTF_8));
    } catch (KeyLengthException e) {
      throw new IllegalArgumentException("The secret of the SFU is too short", e);
    }
  }

  /** With a new token, good from now on. */
  SfuAccess access(CallId call, UserId user, Instant now) {
    String room = "call-" + call.value();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(sfu.key())
            .subject(user.value())
            .notBeforeTime(Date.from(now))
            .expirationTime(Date.from(now.plus(LIFETIME)))
            .jwtID(UUID.randomUUID().toString())
            .claim("video", grants(room))
            .build();
    return new SfuAccess(sfu.url(), room, signed(claims));
  }

  private static Map<String, Object> grants(String room) {
    return Map.of(
        "roomJoin",
        true,
        "room",
        room,
        "canPublish",
        true,
        "canSubscribe",
        true,
        "canPublishData",
        true);
  }

  private String signed(JWTClaimsSet claims) {
    var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("The token of an SFU was not signed", e);
    }
    return token.serialize();
  }
}
