package org.carewire.notifications;

import java.time.Instant;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.NotificationPriority;
import org.carewire.protocol.NotificationType;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/**
 * A push that is being attempted.
 *
 * @param device absent where it is for the webhook
 * @param subscription of the device
 * @param origin whom it goes to
 * @param createdAt when it was first to be sent
 * @param attempts this one too
 * @param settled whether the user has read or got it meanwhile
 */
record Push(
    long id,
    EntryId notification,
    NotificationType type,
    NotificationPriority priority,
    Instant notifiedAt,
    TenantId tenant,
    UserId user,
    @Nullable DeviceId device,
    @Nullable PushSubscription subscription,
    String origin,
    Instant createdAt,
    int attempts,
    boolean settled) {

  /** As metrics and logs name it. */
  String target() {
    return device == null ? "webhook" : "browser";
  }
}
