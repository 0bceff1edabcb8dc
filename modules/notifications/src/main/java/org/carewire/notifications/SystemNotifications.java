package org.carewire.notifications;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.carewire.notifications.UnseenStore.Message;
import org.carewire.protocol.Json;
import org.carewire.protocol.NotificationContent;
import org.carewire.protocol.NotificationPriority;
import org.carewire.protocol.NotificationType;
import org.carewire.protocol.NotifyMissedCall;
import org.carewire.protocol.VisitId;

/**
 * What the server itself notifies of. Clients have their own words for it, by the type; these are
 * for those that have not.
 */
final class SystemNotifications {
  private SystemNotifications() {}

  static NotificationContent missedCall(NotifyMissedCall missed) {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("callId", missed.callId().value())
            .put("callerId", missed.callerId().value())
            .put("callType", missed.callType().wireName());
    VisitId visit = missed.visitId();
    if (visit != null) {
      data.put("visitId", visit.value());
    }
    return new NotificationContent(
        NotificationType.CALL_MISSED,
        NotificationPriority.HIGH,
        "Missed call",
        "You missed a call",
        Json.raw(data),
        null);
  }

  static NotificationContent unseen(Message message) {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("roomId", message.room().value())
            .put("messageId", message.id().toString())
            .put("offset", message.offset());
    return new NotificationContent(
        NotificationType.MESSAGE_RECEIVED,
        NotificationPriority.MEDIUM,
        "New message",
        "You have a new message",
        Json.raw(data),
        null);
  }
}
