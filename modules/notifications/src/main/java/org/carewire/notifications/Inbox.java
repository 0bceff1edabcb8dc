package org.carewire.notifications;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.platform.Delivery.Notified.Notice;
import org.carewire.platform.Outage;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.NotificationType;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.rooms.Append;
import org.carewire.rooms.EntryKind;
import org.carewire.rooms.RoomLog;
import org.carewire.rooms.UncertainCommit;

/** Where notifications are put: the entry, the row beside it and the count, all or nothing. */
final class Inbox {
  private final RoomLog rooms;
  private final InboxStore store;
  private final Deliveries deliveries;
  private final Clock clock;
  private final MeterRegistry metrics;

  /** A notification of a user, its content a {@code NotificationContent} as JSON. */
  record New(EntryId id, TenantId tenant, UserId user, RawJson content) {
    RoomId room() {
      return RoomId.notifications(user);
    }

    private Append append() {
      var server = new Caller(tenant, user, Role.SERVICE, null, null);
      return new Append(server, room(), id, EntryKind.NOTIFICATION, null, content, true);
    }
  }

  Inbox(RoomLog rooms, InboxStore store, Platform platform) {
    this.rooms = rooms;
    this.store = store;
    this.deliveries = platform.deliveries();
    this.clock = platform.clock();
    this.metrics = platform.metrics();
  }

  /**
   * Stores notifications; the statements are sent at once.
   *
   * @param connection in a transaction, whose commit may be sent at once too
   * @return one for each, in the same order
   */
  Future<List<Notice>> store(SqlConnection connection, List<New> news) {
    Instant now = clock.instant();
    Future<?> entries = rooms.append(connection, news.stream().map(New::append).toList());
    Future<List<Notice>> notices = store.add(connection, news, now);
    return Future.all(entries, notices).map(_ -> notices.result());
  }

  /** Tells users of what is committed, the same for each. */
  void tell(TenantId tenant, NotificationType type, RawJson content, List<Notice> notices) {
    metrics
        .counter("carewire.notifications.stored", "type", type.wireName())
        .increment(notices.size());
    deliveries.send(new Delivery.Notified(tenant, content, notices));
  }

  /**
   * Has the gateways look for what may be stored without anybody having been told, where it is not
   * known whether it is.
   *
   * @param since when it was begun
   * @param failure of a transaction that was sent at once
   * @return what the asker is to be told
   */
  <T> Future<T> doubt(Instant since, Throwable failure) {
    if (failure instanceof UncertainCommit uncertain) {
      deliveries.send(new Delivery.Doubted(since));
      return Future.failedFuture(uncertain.outage());
    }
    return Future.failedFuture(failure);
  }

  /**
   * The same for a transaction that went step by step.
   *
   * @param storing whether it had come to storing something
   */
  <T> Future<T> doubt(Instant since, Throwable failure, boolean storing) {
    if (storing && Outage.is(failure)) {
      deliveries.send(new Delivery.Doubted(since));
    }
    return Future.failedFuture(failure);
  }
}
