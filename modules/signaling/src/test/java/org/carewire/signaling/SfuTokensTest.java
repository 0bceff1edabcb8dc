package org.carewire.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.testkit.Json.object;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.carewire.protocol.CallId;
import org.carewire.protocol.SfuAccess;
import org.carewire.protocol.UserId;
import org.carewire.signaling.SignalingConfig.Sfu;
import org.carewire.testkit.NodePackages;
import org.junit.jupiter.api.Test;

class SfuTokensTest {
  private static final Duration DEADLINE = Duration.ofMinutes(1);
  private static final CallId CALL = new CallId("0e4c7f8e-6a0b-4f0e-9d3c-2f4d5a6b7c8d");
  private static final String ROOM = "call-" + CALL;
  private static final Sfu SFU =
      new Sfu("wss://livekit.example.com", "APIkey", "a secret that is long enough for hs256");

  private final SfuTokens tokens = new SfuTokens(SFU);

  @Test
  void tokenIsGoodForTenMinutesFromNowOn() throws ParseException {
    Instant now = Instant.parse("2026-11-24T10:00:00Z");

    SfuAccess access = tokens.access(CALL, new UserId("ann"), now);

    JWTClaimsSet claims = SignedJWT.parse(access.token()).getJWTClaimsSet();
    assertThat(access.url()).isEqualTo(SFU.url());
    assertThat(access.room()).isEqualTo(ROOM);
    assertThat(claims.getIssuer()).isEqualTo("APIkey");
    assertThat(claims.getNotBeforeTime()).isEqualTo("2026-11-24T10:00:00Z");
    assertThat(claims.getExpirationTime()).isEqualTo("2026-11-24T10:10:00Z");
  }

  @Test
  void noTwoTokensHaveTheSameId() throws ParseException {
    assertThat(id(tokens.access(CALL, new UserId("ann"), Instant.EPOCH)))
        .isNotEqualTo(id(tokens.access(CALL, new UserId("ann"), Instant.EPOCH)));
  }

  private static String id(SfuAccess access) throws ParseException {
    return SignedJWT.parse(access.token()).getJWTClaimsSet().getJWTID();
  }

  @Test
  void libraryOfLiveKitTakesItAndSeesItsGrants() throws IOException, InterruptedException {
    SfuAccess access = tokens.access(CALL, new UserId("ann"), Clock.systemUTC().instant());
    var situation =
        object(
            "token",
            access.token(),
            "key",
            SFU.key(),
            "secret",
            SFU.secret(),
            "room",
            ROOM,
            "user",
            "ann");

    NodePackages.Outcome outcome =
        NodePackages.run(
            NodePackages.installed(),
            DEADLINE,
            Map.of("CAREWIRE", situation.toString()),
            "node",
            "--test",
            "--test-reporter=spec",
            "livekit.test.js");

    assertThat(outcome.status()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("pass 3");
  }
}
