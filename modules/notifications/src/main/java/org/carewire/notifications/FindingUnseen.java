package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.carewire.notifications.Inbox.New;
import org.carewire.notifications.UnseenStore.Message;
import org.carewire.notifications.UnseenStore.Stretch;
import org.carewire.notifications.UnseenStore.Unseen;
import org.carewire.platform.Delivery.Notified.Notice;
import org.carewire.platform.Platform;
import org.carewire.platform.Postgres;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.Json;
import org.carewire.protocol.NotificationType;
import org.carewire.protocol.RawJson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies members of messages that none of their devices has acknowledged in time. Every second,
 * on every node, of which one looks at a time: at entries in the order of their ids, which begin
 * with their time. What was looked at and who is notified commit together. Sending messages costs
 * nothing by it. Used on one event loop only.
 */
final class FindingUnseen {
  private static final Logger log = LoggerFactory.getLogger(FindingUnseen.class);
  private static final long EVERY_MS = 1_000;

  /** Entries at a time. */
  private static final int ENTRIES = 2_000;

  /** Notifications at a time. */
  private static final int NOTICES = 1_000;

  /** What a look has come to, and whether there may be more. */
  private record Look(List<Unseen> unseen, List<Notice> notices, boolean more) {
    static final Look NOTHING = new Look(List.of(), List.of(), false);
  }

  private final Vertx vertx;
  private final Pool pool;
  private final Clock clock;
  private final Inbox inbox;
  private final Trouble trouble = new Trouble(log, "messages.lookingForUnseen");
  private final Duration unseenAfter;
  private boolean looking;

  FindingUnseen(Vertx vertx, Platform platform, Inbox inbox, Duration unseenAfter) {
    this.vertx = vertx;
    this.pool = platform.pool();
    this.clock = platform.clock();
    this.inbox = inbox;
    this.unseenAfter = unseenAfter;
  }

  /** The timer is the verticle's and ends with it. */
  void start() {
    vertx.setPeriodic(
        EVERY_MS,
        _ -> {
          if (!looking) {
            looking = true;
            look()
                .onComplete(
                    done -> {
                      looking = false;
                      trouble.note(done.cause());
                    });
          }
        });
  }

  /** Looks at all that there is to look at. */
  Future<?> look() {
    Instant begun = clock.instant();
    var storing = new AtomicBoolean();
    return Postgres.transaction(
            pool,
            connection ->
                UnseenStore.claim(connection, begun.minus(unseenAfter), ENTRIES)
                    .compose(
                        stretch ->
                            stretch.isEmpty()
                                ? Future.succeededFuture(Look.NOTHING)
                                : look(connection, stretch.get(), storing)))
        .recover(failure -> inbox.doubt(begun, failure, storing.get()))
        .compose(
            look -> {
              tell(look);
              return look.more() ? look() : Future.succeededFuture();
            });
  }

  private Future<Look> look(SqlConnection connection, Stretch stretch, AtomicBoolean storing) {
    return UnseenStore.find(connection, stretch, NOTICES)
        .compose(
            unseen -> {
              // Who is notified is not found again, so the rest comes next.
              Future<?> settled =
                  unseen.size() < NOTICES
                      ? UnseenStore.settle(connection, stretch)
                      : Future.succeededFuture();
              if (unseen.isEmpty()) {
                return settled.map(new Look(List.of(), List.of(), true));
              }
              storing.set(true);
              List<New> news = news(unseen);
              List<EntryId> ids = news.stream().map(New::id).toList();
              Future<List<Notice>> notices = inbox.store(connection, news);
              return Future.all(settled, UnseenStore.note(connection, unseen, ids), notices)
                  .map(_ -> new Look(unseen, notices.result(), true));
            });
  }

  private static List<New> news(List<Unseen> unseen) {
    Map<Message, RawJson> contents = new HashMap<>();
    return unseen.stream()
        .map(
            one -> {
              Message message = one.message();
              return new New(
                  PostingNotifications.freshId(),
                  message.tenant(),
                  one.user(),
                  contents.computeIfAbsent(message, FindingUnseen::content));
            })
        .toList();
  }

  private static RawJson content(Message message) {
    return Json.raw(SystemNotifications.unseen(message));
  }

  private void tell(Look look) {
    Map<Message, List<Notice>> byMessage = new LinkedHashMap<>();
    for (int i = 0; i < look.unseen().size(); i++) {
      byMessage
          .computeIfAbsent(look.unseen().get(i).message(), _ -> new ArrayList<>())
          .add(look.notices().get(i));
    }
    byMessage.forEach(
        (message, notices) ->
            inbox.tell(
                message.tenant(), NotificationType.MESSAGE_RECEIVED, content(message), notices));
  }
}
