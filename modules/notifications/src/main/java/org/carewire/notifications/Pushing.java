package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.carewire.platform.Platform;

/** What one instance of a node does for pushes beside answering. Used on one event loop only. */
final class Pushing {
  private static final long EVERY_MS = 250;
  private static final long PURGE_MS = Duration.ofMinutes(10).toMillis();
  private static final int PURGED_AT_ONCE = 1_000;
  private static final Duration DEAD_LETTERS_KEPT = Duration.ofDays(30);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  /** A node that stops does not wait longer for answers; another sends again what has none. */
  private static final long STOP_MS = 2_000;

  private final Vertx vertx;
  private final PushClient client;
  private final SendingPushes sending;
  private final LookingForPushes looking;
  private final DeadLetterStore deadLetters;
  private final Platform platform;

  Pushing(
      Vertx vertx,
      Platform platform,
      NotificationsConfig config,
      PushKeys keys,
      PushSubscriptionStore subscriptions,
      DeadLetterStore deadLetters) {
    var clock = platform.clock();
    var pool = platform.pool();
    NotificationsConfig.WebPush webPush = config.webPush();
    NotificationsConfig.Webhook webhook = config.webhook();
    this.vertx = vertx;
    this.platform = platform;
    this.deadLetters = deadLetters;
    this.client = new PushClient(vertx, clock, ANSWER_TIMEOUT, SendingPushes.OF_ORIGIN);
    this.sending =
        new SendingPushes(
            vertx,
            platform,
            new PushStore(pool),
            subscriptions,
            keys,
            client,
            webPush == null ? null : new WebPush(webPush, config.giveUpAfter(), clock),
            webhook == null ? null : new Webhook(webhook, clock),
            config.giveUpAfter());
    this.looking =
        new LookingForPushes(vertx, platform, new PushLookStore(pool), config, sending::send);
  }

  /** The timers are the verticle's and end with it. */
  void start() {
    looking.start(EVERY_MS);
    sending.start(EVERY_MS);
    vertx.setPeriodic(
        PURGE_MS,
        _ ->
            deadLetters.purge(platform.clock().instant().minus(DEAD_LETTERS_KEPT), PURGED_AT_ONCE));
  }

  Future<?> stop() {
    Promise<Void> stopped = Promise.promise();
    long timer = vertx.setTimer(STOP_MS, _ -> stopped.tryComplete());
    sending.stop().onComplete(_ -> stopped.tryComplete());
    return stopped
        .future()
        .onComplete(
            _ -> {
              vertx.cancelTimer(timer);
              client.close();
            });
  }
}
