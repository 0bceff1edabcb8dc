package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.function.BiFunction;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Command;
import org.carewire.protocol.Endpoint;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.PushKey;
import org.carewire.protocol.Refusal;
import org.carewire.rooms.RoomLog;

/** Notifications; one of several instances on a node. */
public final class NotificationsVerticle extends VerticleBase {
  private static final long PURGE_MS = 600_000;

  private final Platform platform;
  private final NotificationsConfig config;
  private final int instance;

  /**
   * Serves as one of its instances.
   *
   * @param instance from 0, below the number of instances of the bus
   */
  public NotificationsVerticle(Platform platform, NotificationsConfig config, int instance) {
    this.platform = platform;
    this.config = config;
    this.instance = instance;
  }

  @Override
  public Future<?> start() {
    var pool = platform.pool();
    var clock = platform.clock();
    var limits = platform.limits();
    var inboxes = new InboxStore(pool);
    var inbox = new Inbox(new RoomLog(clock), inboxes, platform);
    var repeats = new IdempotencyStore(pool);
    var posts = new PostStore(pool);
    var sending = new SendingPosts(vertx, platform, inbox);
    var posting = new PostingNotifications(pool, clock, inbox, repeats, posts, sending);
    var reading =
        new ReadingNotifications(
            inboxes, new NotificationStore(pool, limits.pageBytes()), platform);
    var topics = new SubscribingTopics(new TopicStore(pool), limits.topicSubscriptions(), clock);
    sending.start();
    if (instance == 0) {
      new FindingUnseen(vertx, platform, inbox, config.messageUnseenAfter()).start();
      vertx.setPeriodic(
          PURGE_MS,
          _ -> {
            repeats.purge(clock.instant());
            posts.purge(clock.instant());
          });
    }
    return Future.all(
        List.of(
            serve(NotificationEndpoints.POST, posting::post),
            serve(NotificationEndpoints.POST_TO_TOPIC, posting::postToTopic),
            serve(NotificationEndpoints.CANCEL, posting::cancel),
            serve(NotificationEndpoints.NOTIFY_MISSED_CALL, posting::notifyMissedCall),
            serve(NotificationEndpoints.READ, reading::read),
            serve(NotificationEndpoints.READ_ALL, reading::readAll),
            serve(NotificationEndpoints.GET_UNREAD_COUNT, reading::count),
            serve(NotificationEndpoints.LIST, reading::list),
            serve(NotificationEndpoints.READ_LOG, reading::readLog),
            serve(NotificationEndpoints.FIND_UNREAD, reading::changedSince),
            serve(NotificationEndpoints.SUBSCRIBE, topics::subscribe),
            serve(NotificationEndpoints.UNSUBSCRIBE, topics::unsubscribe),
            serve(NotificationEndpoints.GET_PUSH_KEY, (_, _) -> pushKey())));
  }

  private Future<PushKey> pushKey() {
    return Future.failedFuture(
        Refusal.of(
            ErrorCode.NOT_FOUND, config.webPush() == null ? "Web Push is off" : "There is no key"));
  }

  private <C extends Command, R> Future<Void> serve(
      Endpoint<C, R> endpoint, BiFunction<Caller, C, Future<R>> handler) {
    return platform.bus().serve(instance, endpoint, handler);
  }
}
