package org.carewire.signaling;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How calls are set up.
 *
 * @param ringTimeout how long it rings
 * @param rejoinTimeout how long who has lost the connection has to come back
 * @param meshParticipants up to so many send each other everything themselves; 0 where all calls go
 *     over the SFU
 * @param stunUris as {@code stun:host:port}
 * @param turn absent where there is none
 * @param sfu absent where there is none; calls are no larger than {@code meshParticipants} then
 */
public record SignalingConfig(
    Duration ringTimeout,
    Duration rejoinTimeout,
    int meshParticipants,
    List<String> stunUris,
    @Nullable Turn turn,
    @Nullable Sfu sfu) {

  /**
   * TURN servers that verify credentials by a shared secret, as coturn with {@code
   * use-auth-secret}.
   *
   * @param lifetime of the credentials
   */
  public record Turn(List<String> uris, String secret, Duration lifetime) {
    @Override
    public String toString() {
      return "Turn" + uris;
    }
  }

  /**
   * A LiveKit server.
   *
   * @param url as clients reach it, {@code wss://...}
   * @param key of its API, and the secret that belongs to it
   */
  public record Sfu(String url, String key, String secret) {
    @Override
    public String toString() {
      return "Sfu[" + url + "]";
    }
  }
}
