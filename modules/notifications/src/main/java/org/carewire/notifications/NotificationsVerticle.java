package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.function.BiFunction;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Command;
import org.carewire.protocol.Endpoint;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.rooms.RoomLog;
import org.jspecify.annotations.Nullable;

/** Notifications; one of several instances on a node. */
public final class NotificationsVerticle extends VerticleBase {
  private static final long PURGE_MS = 600_000;

  private final Platform platform;
  private final NotificationsConfig config;
  private final int instance;
  private @Nullable Pushing pushing;

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
    var inboxes = new InboxStore(platform.pool(), config);
    var inbox = new Inbox(new RoomLog(platform.clock()), inboxes, platform);
    if (instance == 0) {
      new FindingUnseen(vertx, platform, inbox, config.messageUnseenAfter()).start();
    }
    return Future.all(serveInboxes(inbox, inboxes), servePosts(inbox), servePushes());
  }

  private Future<?> serveInboxes(Inbox inbox, InboxStore inboxes) {
    var limits = platform.limits();
    var notifications = new NotificationStore(platform.pool(), limits.pageBytes());
    var reading = new ReadingNotifications(inbox, inboxes, notifications, platform);
    var topics =
        new SubscribingTopics(
            new TopicStore(platform.pool()), limits.topicSubscriptions(), platform.clock());
    return Future.all(
        List.of(
            serve(NotificationEndpoints.READ, reading::read),
            serve(NotificationEndpoints.READ_ALL, reading::readAll),
            serve(NotificationEndpoints.GET_UNREAD_COUNT, reading::count),
            serve(NotificationEndpoints.LIST, reading::list),
            serve(NotificationEndpoints.READ_LOG, reading::readLog),
            serve(NotificationEndpoints.FIND_UNREAD, reading::changedSince),
            serve(NotificationEndpoints.SUBSCRIBE, topics::subscribe),
            serve(NotificationEndpoints.UNSUBSCRIBE, topics::unsubscribe)));
  }

  private Future<?> servePosts(Inbox inbox) {
    var pool = platform.pool();
    var clock = platform.clock();
    var repeats = new IdempotencyStore(pool);
    var posts = new PostStore(pool);
    var sending = new SendingPosts(vertx, platform, inbox);
    var posting = new PostingNotifications(pool, clock, inbox, repeats, posts, sending);
    if (instance == 0) {
      sending.start();
      vertx.setPeriodic(
          PURGE_MS,
          _ -> {
            repeats.purge(clock.instant());
            posts.purge(clock.instant());
          });
    }
    return Future.all(
        serve(NotificationEndpoints.POST, posting::post),
        serve(NotificationEndpoints.POST_TO_TOPIC, posting::postToTopic),
        serve(NotificationEndpoints.CANCEL, posting::cancel),
        serve(NotificationEndpoints.NOTIFY_MISSED_CALL, posting::notifyMissedCall));
  }

  private Future<?> servePushes() {
    var keys = new PushKeys(vertx, new PushKeyStore(platform.pool()));
    var subscriptions = new PushSubscriptionStore(platform.pool());
    var deadLetters = new DeadLetterStore(platform.pool());
    NotificationsConfig.WebPush webPush = config.webPush();
    var keeping =
        new KeepingSubscriptions(
            webPush == null ? null : new PushServices(webPush.services()),
            keys,
            subscriptions,
            platform.clock());
    if (instance == 0 && (webPush != null || config.webhook() != null)) {
      pushing = new Pushing(vertx, platform, config, keys, subscriptions, deadLetters);
      pushing.start();
    }
    return Future.all(
        serve(NotificationEndpoints.GET_PUSH_KEY, keeping::key),
        serve(NotificationEndpoints.PUT_PUSH_SUBSCRIPTION, keeping::put),
        serve(NotificationEndpoints.DELETE_PUSH_SUBSCRIPTION, keeping::delete),
        serve(NotificationEndpoints.READ_DEAD_LETTERS, new ReadingDeadLetters(deadLetters)::read));
  }

  @Override
  public Future<?> stop() {
    return pushing == null ? Future.succeededFuture() : pushing.stop();
  }

  private <C extends Command, R> Future<Void> serve(
      Endpoint<C, R> endpoint, BiFunction<Caller, C, Future<R>> handler) {
    return platform.bus().serve(instance, endpoint, handler);
  }
}
