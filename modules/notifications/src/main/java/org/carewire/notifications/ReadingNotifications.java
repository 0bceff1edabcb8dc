package org.carewire.notifications;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.FindUnread;
import org.carewire.protocol.GetUnreadCount;
import org.carewire.protocol.InboxPage;
import org.carewire.protocol.ListNotifications;
import org.carewire.protocol.LogPage;
import org.carewire.protocol.LogPage.LogEntry;
import org.carewire.protocol.NotificationList;
import org.carewire.protocol.NotificationRead;
import org.carewire.protocol.NotificationsRead;
import org.carewire.protocol.ReadAllNotifications;
import org.carewire.protocol.ReadLog;
import org.carewire.protocol.ReadLog.Stretch;
import org.carewire.protocol.ReadNotification;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.UnreadCount;
import org.carewire.protocol.UnreadFound;
import org.carewire.protocol.UserUnread;

/** What users see of their notifications, and what they have read. */
final class ReadingNotifications {
  private final Inbox inbox;
  private final InboxStore inboxes;
  private final NotificationStore notifications;
  private final Deliveries deliveries;
  private final Clock clock;
  private final Counter read;

  ReadingNotifications(
      Inbox inbox, InboxStore inboxes, NotificationStore notifications, Platform platform) {
    this.inbox = inbox;
    this.inboxes = inboxes;
    this.notifications = notifications;
    this.deliveries = platform.deliveries();
    this.clock = platform.clock();
    this.read = platform.metrics().counter("carewire.notifications.read");
  }

  Future<NotificationRead> read(Caller caller, ReadNotification command) {
    Instant now = clock.instant();
    return inboxes
        .read(caller, command.id(), now)
        .recover(failure -> inbox.doubt(now, failure))
        .map(
            found -> {
              InboxStore.Read done =
                  found.orElseThrow(
                      () -> Refusal.of(ErrorCode.NOT_FOUND, "Notification not found"));
              if (done.wasUnread()) {
                changed(caller, 1, done.unread());
              }
              return new NotificationRead(command.id(), done.unread().unread());
            });
  }

  Future<NotificationsRead> readAll(Caller caller, ReadAllNotifications command) {
    Instant now = clock.instant();
    return inboxes
        .readAll(caller, now)
        .recover(failure -> inbox.doubt(now, failure))
        .map(
            found -> {
              found.ifPresent(all -> changed(caller, all.marked(), all.unread()));
              return new NotificationsRead(found.map(InboxStore.AllRead::marked).orElse(0L));
            });
  }

  private void changed(Caller caller, long marked, UserUnread unread) {
    read.increment((double) marked);
    deliveries.send(new Delivery.UnreadCounted(caller.tenant(), List.of(unread)));
  }

  Future<UnreadCount> count(Caller caller, GetUnreadCount command) {
    return inboxes.count(caller).map(found -> new UnreadCount(found.unread()));
  }

  Future<UnreadFound> changedSince(Caller caller, FindUnread command) {
    return inboxes.changedSince(command.since());
  }

  Future<NotificationList> list(Caller caller, ListNotifications command) {
    return notifications
        .list(caller, command)
        .map(
            page ->
                new NotificationList(
                    page.notifications().stream().map(NotificationStore.Listed::json).toList(),
                    page.hasMore(),
                    page.unread().unread()));
  }

  /** What a session has missed; only of the caller's own notifications. */
  Future<InboxPage> readLog(Caller caller, ReadLog command) {
    RoomId own = RoomId.notifications(caller.user());
    Set<RoomId> denied = new HashSet<>();
    command.stretches().stream().map(Stretch::room).forEach(denied::add);
    denied.remove(own);
    return command.stretches().stream()
        .filter(stretch -> stretch.room().equals(own))
        .findFirst()
        .map(stretch -> notifications.read(caller, stretch, command.maxBytes()))
        .orElseGet(
            () ->
                inboxes
                    .count(caller)
                    .map(unread -> new NotificationStore.Page(List.of(), false, unread)))
        .map(
            page ->
                new InboxPage(
                    new LogPage(
                        page.notifications().stream()
                            .map(one -> new LogEntry(own, one.offset(), null, one.json()))
                            .toList(),
                        denied,
                        page.hasMore()),
                    page.unread()));
  }
}
