package org.carewire.notifications;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.carewire.platform.Faults;
import org.carewire.platform.Platform;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is to be pushed, until it is taken or given up. On every node, each time some of what
 * is due, and only so many to one origin at a time, so that one that hangs holds up nobody else.
 * Used on one event loop only.
 */
final class SendingPushes {
  private static final Logger log = LoggerFactory.getLogger(SendingPushes.class);

  /** Under way to one origin. */
  static final int OF_ORIGIN = 64;

  private static final int IN_ALL = 512;

  /** Longer than an attempt can take; then it is another node's turn. */
  private static final Duration CLAIMED = Duration.ofSeconds(30);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final int MOST_DOUBLINGS = 12;

  /** Of a pause, so that what failed together does not come again together. */
  private static final double JITTER = 0.2;

  private final Vertx vertx;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final PushStore store;
  private final PushSubscriptionStore subscriptions;
  private final PushKeys keys;
  private final PushClient client;
  private final @Nullable WebPush webPush;
  private final @Nullable Webhook webhook;
  private final Duration giveUpAfter;
  private final Map<String, Integer> busy = new HashMap<>();
  private int underWay;
  private boolean claiming;
  private boolean more;
  private boolean stopped;
  private final Trouble trouble = new Trouble(log, "push.sending");
  private final Promise<Void> idle = Promise.promise();

  SendingPushes(
      Vertx vertx,
      Platform platform,
      PushStore store,
      PushSubscriptionStore subscriptions,
      PushKeys keys,
      PushClient client,
      @Nullable WebPush webPush,
      @Nullable Webhook webhook,
      Duration giveUpAfter) {
    this.vertx = vertx;
    this.clock = platform.clock();
    this.metrics = platform.metrics();
    this.store = store;
    this.subscriptions = subscriptions;
    this.keys = keys;
    this.client = client;
    this.webPush = webPush;
    this.webhook = webhook;
    this.giveUpAfter = giveUpAfter;
  }

  /** The timer is the verticle's and ends with it. */
  void start(long everyMs) {
    vertx.setPeriodic(everyMs, _ -> send());
  }

  /**
   * Takes nothing on any more.
   *
   * @return done when nothing is under way
   */
  Future<Void> stop() {
    stopped = true;
    endIfIdle();
    return idle.future();
  }

  private void endIfIdle() {
    if (stopped && underWay == 0 && !claiming) {
      idle.tryComplete();
    }
  }

  /** Sends what is due. */
  void send() {
    if (stopped || claiming || underWay >= IN_ALL) {
      return;
    }
    claiming = true;
    Instant now = now();
    store
        .claim(now, now.plus(CLAIMED), OF_ORIGIN, IN_ALL - underWay, busy)
        .onComplete(
            done -> {
              claiming = false;
              trouble.note(done.cause());
              if (done.succeeded()) {
                begin(done.result());
              }
              endIfIdle();
            });
  }

  private void begin(List<Push> claimed) {
    underWay += claimed.size();
    claimed.forEach(push -> busy.merge(push.origin(), 1, Integer::sum));
    more = underWay >= IN_ALL || busy.values().stream().anyMatch(number -> number >= OF_ORIGIN);
    claimed.forEach(push -> attempt(push).onComplete(_ -> ended(push)));
  }

  /** Where there is room again there may be more to send. */
  private void ended(Push push) {
    underWay--;
    busy.computeIfPresent(push.origin(), (_, number) -> number == 1 ? null : number - 1);
    if (more && busy.getOrDefault(push.origin(), 0) <= OF_ORIGIN / 2) {
      send();
    }
    endIfIdle();
  }

  /** Never fails: what is not stored is attempted again once it is no longer claimed. */
  private Future<?> attempt(Push push) {
    return (push.settled()
            ? count(push, "dropped", store.delete(push))
            : ask(push).compose(answer -> settle(push, answer)))
        .otherwise(
            failure -> {
              log.atWarn()
                  .addKeyValue("notification", push.notification())
                  .addKeyValue("target", push.target())
                  .setCause(Faults.withoutTexts(failure))
                  .log("push.notSettled");
              return null;
            });
  }

  private Future<PushAnswer> ask(Push push) {
    return request(push)
        .compose(
            request ->
                request.isPresent()
                    ? client
                        .post(request.get())
                        .map(push.device() == null ? Webhook::read : WebPush::read)
                    : Future.succeededFuture(new PushAnswer.Failed("not_configured", null)))
        .recover(
            failure ->
                switch (failure) {
                  case PushClient.NoAnswer none ->
                      Future.succeededFuture(new PushAnswer.Failed(none.reason(), null));
                  case GeneralSecurityException _ ->
                      Future.succeededFuture(new PushAnswer.Refused("bad_key"));
                  default -> Future.failedFuture(failure);
                });
  }

  /** Empty where this node does not send such; another may. */
  private Future<Optional<PushRequest>> request(Push push) {
    if (push.device() == null) {
      return webhook == null
          ? Future.succeededFuture(Optional.empty())
          : vertx.executeBlocking(() -> Optional.of(webhook.request(push)), false);
    }
    return webPush == null || push.subscription() == null
        ? Future.succeededFuture(Optional.empty())
        : keys.pair()
            .compose(pair -> vertx.executeBlocking(() -> webPush.request(pair, push), false));
  }

  private Future<?> settle(Push push, PushAnswer answer) {
    return switch (answer) {
      case PushAnswer.Taken _ -> count(push, "taken", store.delete(push));
      case PushAnswer.Gone _ -> count(push, "gone", removeSubscription(push));
      case PushAnswer.Refused refused -> count(push, "refused", giveUp(push, refused.reason()));
      case PushAnswer.Failed failed -> count(push, "failed", retry(push, failed));
    };
  }

  private Future<?> removeSubscription(Push push) {
    PushSubscription subscription = push.subscription();
    return subscription == null
        ? store.delete(push)
        : subscriptions
            .deleteGone(subscription.endpoint())
            .onSuccess(
                removed -> {
                  metrics.counter("carewire.push.subscriptions.removed").increment(removed);
                  log.atInfo()
                      .addKeyValue("user", push.user())
                      .addKeyValue("device", push.device())
                      .log("push.subscriptionRemoved");
                })
            .compose(_ -> store.delete(push));
  }

  /** The last time when it is to be given up otherwise, unless that is too early for them. */
  private Future<?> retry(Push push, PushAnswer.Failed failed) {
    Instant now = now();
    Instant deadline = push.createdAt().plus(giveUpAfter);
    Instant notBefore = failed.notBefore();
    if (!now.isBefore(deadline) || (notBefore != null && notBefore.isAfter(deadline))) {
      return giveUp(push, failed.reason());
    }
    Instant next = now.plus(pause(push.attempts()));
    Instant inTime = next.isAfter(deadline) ? deadline : next;
    return store.postpone(
        push, notBefore != null && notBefore.isAfter(inTime) ? notBefore : inTime);
  }

  private static Duration pause(int attempts) {
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, MOST_DOUBLINGS));
    Duration longest = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    double jitter = ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER);
    return Duration.ofMillis(Math.round(longest.toMillis() * jitter));
  }

  private Future<?> giveUp(Push push, String reason) {
    return store
        .giveUp(push, reason, now())
        .onSuccess(
            kept -> {
              if (kept) {
                metrics.counter("carewire.push.deadLetters", "target", push.target()).increment();
                log.atWarn()
                    .addKeyValue("notification", push.notification())
                    .addKeyValue("user", push.user())
                    .addKeyValue("target", push.target())
                    .addKeyValue("attempts", push.attempts())
                    .addKeyValue("reason", reason)
                    .log("push.gaveUp");
              }
            });
  }

  private <T> Future<T> count(Push push, String outcome, Future<T> settled) {
    metrics
        .counter("carewire.push.attempts", "target", push.target(), "outcome", outcome)
        .increment();
    return settled;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
