package org.carewire.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A status that a user has set.
 *
 * @param customStatus what the user wrote beside it; health data, so it does not print itself
 * @param at when; of two the later one counts
 */
public record StatusSet(PresenceStatus status, @Nullable String customStatus, Instant at) {

  @Override
  public String toString() {
    return "StatusSet[" + status + ", " + at + "]";
  }
}
