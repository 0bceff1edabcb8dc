package org.carewire.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What others see of a user, as it travels between services and gateways.
 *
 * @param lastSeen when the user was last known to be there; absent for one who never was
 * @param customStatus what the user wrote; health data, so it does not print itself
 * @param at when it became so, to the millisecond; of two states of a user the later one counts
 */
public record PresenceState(
    TenantId tenant,
    UserId userId,
    PresenceStatus status,
    @Nullable Instant lastSeen,
    @Nullable String customStatus,
    Instant at) {

  @Override
  public String toString() {
    return "PresenceState[" + status + ", " + at + "]";
  }
}
