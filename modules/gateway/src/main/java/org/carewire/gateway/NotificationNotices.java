package org.carewire.gateway;

import java.util.Collection;
import org.carewire.platform.Delivery;
import org.carewire.platform.Delivery.Notified.Notice;
import org.carewire.protocol.NotificationJson;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.UserId;

/** Brings notifications to the sessions of one gateway instance, and then the new counts. */
final class NotificationNotices {
  private final Sessions sessions;
  private final EntryFlow flow;
  private final UnreadCounts counts;

  NotificationNotices(Sessions sessions, EntryFlow flow, UnreadCounts counts) {
    this.sessions = sessions;
    this.flow = flow;
    this.counts = counts;
  }

  void tell(Delivery.Notified notified) {
    String content = notified.content().text();
    for (Notice notice : notified.notices()) {
      UserId user = notice.unread().user();
      Collection<Session> own = sessions.ofUser(notified.tenant(), user);
      if (!own.isEmpty()) {
        tell(own, RoomId.notifications(user), notice, content);
        counts.tell(notified.tenant(), notice.unread());
      }
    }
  }

  private void tell(Collection<Session> own, RoomId room, Notice notice, String content) {
    var event =
        new OutboundEvent(
            ServerEvent.NOTIFICATION_NEW,
            NotificationJson.of(
                room, notice.id(), notice.offset(), notice.timestamp(), content, null));
    own.forEach(session -> flow.offer(session, room, notice.offset(), event, true));
  }

  void tell(Delivery.UnreadCounted counted) {
    counted.users().forEach(unread -> counts.tell(counted.tenant(), unread));
  }
}
