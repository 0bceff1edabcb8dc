package org.carewire.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.carewire.protocol.CallId;
import org.carewire.protocol.IceServer;
import org.carewire.signaling.SignalingConfig.Turn;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Coturn itself judges the credentials in {@code TurnServerTest}. */
class IceServersTest {
  private static final CallId CALL = new CallId("0e4c7f8e-6a0b-4f0e-9d3c-2f4d5a6b7c8d");
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-24T10:00:00.900Z"), ZoneOffset.UTC);
  private static final String TURN_URI = "turn:turn.example.com:3478";
  private static final Turn TURN =
      new Turn(List.of(TURN_URI), "0123456789abcdef", Duration.ofHours(4));

  @Test
  void withoutConfigurationThereAreNone() {
    assertThat(servers(List.of(), null).of(CALL, 1)).isEmpty();
  }

  @Test
  void stunHasNoCredentials() {
    assertThat(servers(List.of("stun:a", "stun:b"), null).of(CALL, 1))
        .containsExactly(new IceServer(List.of("stun:a", "stun:b"), null, null));
  }

  @Test
  void turnHasCredentialsThatSayUntilWhenAndAreSigned() {
    // printf %s 1795528800:0e4c… | openssl dgst -sha1 -hmac 0123456789abcdef -binary | base64
    assertThat(servers(List.of(), TURN).of(CALL, 2))
        .containsExactly(
            new IceServer(
                List.of(TURN_URI),
                "1795528800:0e4c7f8e-6a0b-4f0e-9d3c-2f4d5a6b7c8d.2",
                "AxF1R6nYs1pGw83KzXM9FVCzsQk="));
  }

  @Test
  void eachParticipantHasCredentialsOfItsOwn() {
    IceServers servers = servers(List.of("stun:a"), TURN);

    IceServer first = servers.of(CALL, 1).getLast();
    IceServer second = servers.of(CALL, 2).getLast();

    assertThat(second.username()).isNotEqualTo(first.username());
    assertThat(second.credential()).isNotEqualTo(first.credential());
  }

  private static IceServers servers(List<String> stunUris, @Nullable Turn turn) {
    return new IceServers(
        new SignalingConfig(
            Duration.ofSeconds(30), Duration.ofSeconds(30), 6, stunUris, turn, null),
        CLOCK);
  }
}
