package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told of a user when it asks.
 *
 * @param lastSeen null for a user who was never there
 */
public record Presence(
    UserId userId,
    PresenceStatus status,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Instant lastSeen,
    @Nullable String customStatus) {

  public static Presence of(PresenceState state) {
    return new Presence(state.userId(), state.status(), state.lastSeen(), state.customStatus());
  }

  // By itself it would be named "online".
  @JsonProperty("isOnline")
  public boolean isOnline() {
    return status != PresenceStatus.OFFLINE;
  }

  @Override
  public String toString() {
    return "Presence[" + status + "]";
  }
}
