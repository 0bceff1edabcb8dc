package org.carewire.notifications;

import java.time.Instant;
import java.util.UUID;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.NotificationPriority;
import org.carewire.protocol.NotificationType;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** Values for tests. */
final class PushFixtures {
  private PushFixtures() {}

  /** For the webhook, at its first attempt. */
  static Push push() {
    return new Push(
        1,
        new EntryId(UUID.randomUUID()),
        NotificationType.CALL_MISSED,
        NotificationPriority.HIGH,
        Instant.EPOCH,
        TenantId.DEFAULT,
        new UserId("ann"),
        null,
        null,
        "https://hook.example.com",
        Instant.EPOCH,
        1,
        false);
  }
}
