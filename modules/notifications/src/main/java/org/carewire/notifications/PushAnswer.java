package org.carewire.notifications;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a push was taken. */
sealed interface PushAnswer {
  /** It was. */
  record Taken() implements PushAnswer {}

  /** The browser's subscription is no longer. */
  record Gone() implements PushAnswer {}

  /**
   * It will not be, however often it is sent.
   *
   * @param reason as dead letters have it
   */
  record Refused(String reason) implements PushAnswer {}

  /**
   * It may be later.
   *
   * @param notBefore what the other side has asked for
   */
  record Failed(String reason, @Nullable Instant notBefore) implements PushAnswer {}
}
