package org.carewire.gateway;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.carewire.platform.Delivery;
import org.carewire.platform.Delivery.Notified.Notice;
import org.carewire.protocol.ChatEndpoints;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.InboxPage;
import org.carewire.protocol.LogPage;
import org.carewire.protocol.LogPage.LogEntry;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.NotificationJson;
import org.carewire.protocol.Positions;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.UserUnread;

/** The part of a gateway instance that has to do with notifications. */
final class NotificationWard extends Ward {
  static final UserId ANN = new UserId("ann");
  static final RoomId INBOX = RoomId.notifications(ANN);
  private static final DeviceId PHONE = new DeviceId("phone");
  private static final String CONTENT = "{\"title\":\"Your results\"}";

  final EntryFlow flow;
  final NotificationRequests requests;
  private final NotificationNotices notices;

  NotificationWard() {
    super("redis://127.0.0.1:1");
    var counts = new UnreadCounts(platform.vertx(), sessions);
    flow = new EntryFlow(platform, Duration.ofSeconds(30), counts);
    notices = new NotificationNotices(sessions, flow, counts);
    requests = new NotificationRequests(platform.bus());
    platform.epoch().set("epoch-1");
    run(() -> flow.start(platform.vertx()));
    serve(ChatEndpoints.FIND_POSITIONS);
    serve(ChatEndpoints.READ_LOG);
    serve(NotificationEndpoints.READ_LOG);
    serve(NotificationEndpoints.SUBSCRIBE);
    serve(NotificationEndpoints.UNSUBSCRIBE);
  }

  /** A session of a device, which is level with the logs of its rooms. */
  Client levelPhone(Positions.Position... rooms) {
    Client phone = phone(rooms);
    Verifying.until("caught up", () -> told(phone).contains("session:caughtUp"));
    return phone;
  }

  /** A session of a device that is told where it begins, and begins. */
  Client phone(Positions.Position... rooms) {
    Client phone = client(ANN.value(), PHONE);
    var following = new Following(phone.session(), phone.caller(), true);
    run(
        () -> {
          phone.session().follow(following);
          flow.begin(following, Resume.NOTHING, Future.succeededFuture());
          flow.connected(following);
        });
    nextAsked().reply(new Positions(List.of(rooms)));
    return phone;
  }

  /** A session without a device, level with the logs of its rooms: there are none. */
  Client levelBrowser() {
    Client browser = client(ANN.value());
    var following = new Following(browser.session(), browser.caller(), false);
    run(
        () -> {
          browser.session().follow(following);
          flow.begin(following, Resume.NOTHING, Future.succeededFuture());
          flow.connected(following);
        });
    nextAsked().reply(new Positions(List.of()));
    Verifying.until("level", () -> !following.isWaiting());
    return browser;
  }

  /** A notification of ann is stored and told. */
  void notified(long offset, long unread, long version) {
    run(
        () ->
            notices.tell(
                new Delivery.Notified(
                    TenantId.DEFAULT,
                    RawJson.of(CONTENT),
                    List.of(
                        new Notice(
                            new EntryId(UUID.randomUUID()),
                            offset,
                            Instant.EPOCH,
                            new UserUnread(ANN, unread, version))))));
  }

  /** The count of ann is told. */
  void counted(long unread, long version) {
    run(
        () ->
            notices.tell(
                new Delivery.UnreadCounted(
                    TenantId.DEFAULT, List.of(new UserUnread(ANN, unread, version)))));
  }

  static InboxPage page(long from, long to, UserUnread unread) {
    var entries = new ArrayList<LogEntry>();
    for (long offset = from; offset <= to; offset++) {
      entries.add(
          new LogEntry(
              INBOX,
              offset,
              null,
              NotificationJson.of(
                  INBOX, new EntryId(UUID.randomUUID()), offset, Instant.EPOCH, CONTENT, null)));
    }
    return new InboxPage(new LogPage(entries, Set.of(), false), unread);
  }

  /** As {@code new 3}, {@code unread 2}, or the name of another event. */
  static List<String> told(Client client) {
    return client.peer().takeFrames().stream()
        .map(
            frame -> {
              var data = frame.path("data");
              return switch (frame.path("event").asText()) {
                case "notification:new" -> "new " + data.path("offset").asLong();
                case "notification:unreadCount" -> "unread " + data.path("unreadCount").asLong();
                case String other -> other;
              };
            })
        .toList();
  }
}
