package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Event {@code presence:changed}. */
public record PresenceChange(
    UserId userId,
    PresenceStatus status,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Instant lastSeen,
    @Nullable String customStatus,
    Instant timestamp) {

  public static PresenceChange of(PresenceState state) {
    return new PresenceChange(
        state.userId(), state.status(), state.lastSeen(), state.customStatus(), state.at());
  }

  @Override
  public String toString() {
    return "PresenceChange[" + status + "]";
  }
}
