package org.carewire.server;

import java.time.Duration;
import java.util.List;
import org.carewire.signaling.SignalingConfig;

/** The settings of {@code calls}. */
final class CallSettings {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final int MAX_MESH = 50;

  private CallSettings() {}

  static SignalingConfig read(Settings settings) {
    return new SignalingConfig(
        settings.duration("calls.ringTimeout", SHORTEST, Duration.ofSeconds(30)),
        settings.duration("calls.rejoinTimeout", SHORTEST, Duration.ofSeconds(30)),
        settings.integer("calls.meshParticipants", 0, MAX_MESH, 6),
        List.of(),
        null,
        null);
  }
}
