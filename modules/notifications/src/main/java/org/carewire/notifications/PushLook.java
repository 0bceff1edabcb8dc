package org.carewire.notifications;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.NotificationPriority;
import org.carewire.protocol.NotificationType;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/**
 * A notification of which it is to be found out whether it is to be pushed.
 *
 * @param delivered up to which offset a device of the user has acknowledged; 0 where none ever has
 */
record PushLook(
    long room,
    long offset,
    EntryId id,
    TenantId tenant,
    UserId user,
    NotificationType type,
    NotificationPriority priority,
    Instant notifiedAt,
    boolean read,
    long delivered) {

  /** What is found. */
  enum Outcome {
    /** The user has read it already. */
    READ,
    /** It is so old that nobody should be bothered. */
    EXPIRED,
    /** No session is there, or none that has acknowledged it. */
    PUSHED,
    /** A session is there; it is looked again whether it has acknowledged. */
    LATER,
    /** It has acknowledged, or never does such things. */
    SEEN;

    String metricName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Decides.
   *
   * @param connected whether the user has a session anywhere
   * @param acknowledgeWithin so long after it was stored a device should have acknowledged it
   * @param expiry so long after it was stored it is no longer pushed
   */
  Outcome decide(boolean connected, Instant now, Duration acknowledgeWithin, Duration expiry) {
    if (read) {
      return Outcome.READ;
    }
    if (now.isAfter(notifiedAt.plus(expiry))) {
      return Outcome.EXPIRED;
    }
    if (delivered >= offset) {
      return Outcome.SEEN;
    }
    if (!connected) {
      return Outcome.PUSHED;
    }
    if (now.isBefore(notifiedAt.plus(acknowledgeWithin))) {
      return Outcome.LATER;
    }
    return delivered > 0 ? Outcome.PUSHED : Outcome.SEEN;
  }
}
