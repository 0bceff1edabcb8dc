package org.carewire.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reply to {@link ReadDeadLetters}. */
public record DeadLetters(List<DeadLetter> deadLetters, boolean hasMore) {

  /**
   * A push that was given up.
   *
   * @param deviceId whose browser it was for; absent where it was for the webhook
   * @param reason of the last attempt: a status, or what went wrong in one word
   */
  public record DeadLetter(
      EntryId notificationId,
      NotificationType type,
      UserId userId,
      @Nullable DeviceId deviceId,
      int attempts,
      String reason,
      Instant createdAt,
      Instant givenUpAt) {}
}
