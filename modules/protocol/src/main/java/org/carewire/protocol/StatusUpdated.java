package org.carewire.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Event {@code presence:statusUpdated}, to all sessions of the user who has set it. */
public record StatusUpdated(
    UserId userId, PresenceStatus status, @Nullable String customStatus, Instant timestamp) {

  public static StatusUpdated of(UserId user, StatusSet set) {
    return new StatusUpdated(user, set.status(), set.customStatus(), set.at());
  }

  @Override
  public String toString() {
    return "StatusUpdated[" + status + "]";
  }
}
