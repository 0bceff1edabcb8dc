package org.carewire.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.carewire.protocol.CallId;
import org.carewire.protocol.IceServer;
import org.carewire.signaling.SignalingConfig.Turn;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real coturn says of the credentials of participants. */
class TurnServerTest {
  private static final String SECRET = "a secret of coturn, with = and ü";
  private static final Duration LIFETIME = Duration.ofMinutes(1);
  private static final String REFUSED = "Cannot complete Allocation";

  private static TurnServer coturn;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    coturn = TurnServer.start(folder, SECRET);
  }

  @AfterAll
  static void stop() {
    if (coturn != null) {
      coturn.close();
    }
  }

  @Test
  void participantIsLetInAndItsPacketsAreRelayed() throws IOException, InterruptedException {
    assertThat(coturn.relay(credentials(SECRET, Clock.systemUTC())))
        .contains("Total lost packets 0 ")
        .endsWith("relayed");
  }

  @Test
  void whoseTimeIsOverIsRefused() throws IOException, InterruptedException {
    Clock before = Clock.offset(Clock.systemUTC(), LIFETIME.plusSeconds(2).negated());

    assertThat(coturn.relay(credentials(SECRET, before))).contains(REFUSED);
  }

  @Test
  void credentialsByAnotherSecretAreRefused() throws IOException, InterruptedException {
    assertThat(coturn.relay(credentials("another secret", Clock.systemUTC()))).contains(REFUSED);
  }

  @Test
  void whoMakesItsTimeLongerIsRefused() throws IOException, InterruptedException {
    IceServer given = credentials(SECRET, Clock.systemUTC());
    var forged = new IceServer(given.urls(), "9" + given.username(), given.credential());

    assertThat(coturn.relay(forged)).contains(REFUSED);
  }

  private static IceServer credentials(String secret, Clock clock) {
    var config =
        new SignalingConfig(
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            6,
            List.of(),
            new Turn(List.of("turn:turn.example.com"), secret, LIFETIME),
            null);
    return new IceServers(config, clock).of(new CallId(UUID.randomUUID().toString()), 1).getFirst();
  }
}
