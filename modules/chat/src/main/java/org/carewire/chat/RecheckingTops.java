package org.carewire.chat;

import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.rooms.TopStore;

/**
 * Finds entries that are stored and were told to nobody: whoever stored them is gone, or could not
 * know it. For a while after that may have happened, gateways are told every second how far the
 * rooms have come that changed of late; what a session has, it drops. Used on one event loop only.
 */
final class RecheckingTops {
  private static final long EVERY_MS = 1_000;

  /** What PostgreSQL was sent before is stored by then, or never. */
  private static final Duration FOR = Duration.ofSeconds(15);

  private final Vertx vertx;
  private final TopStore tops;
  private final Deliveries deliveries;
  private final Clock clock;
  private Instant until = Instant.MIN;
  private boolean running;

  RecheckingTops(Vertx vertx, TopStore tops, Deliveries deliveries, Clock clock) {
    this.vertx = vertx;
    this.tops = tops;
    this.deliveries = deliveries;
    this.clock = clock;
  }

  /** Something may have been stored that nobody was told of, or be about to. */
  void forAWhile() {
    until = clock.instant().plus(FOR);
    if (!running) {
      running = true;
      checkLater();
    }
  }

  private void checkLater() {
    vertx.setTimer(EVERY_MS, _ -> check());
  }

  private void check() {
    Instant now = clock.instant();
    // What cannot be asked now is asked a second later, for as long as that may take.
    tops.changedSince(now.minus(FOR))
        .onSuccess(
            changed -> {
              for (TopStore.Top top : changed) {
                deliveries.send(
                    new Delivery.TopReached(top.tenant(), top.room(), top.top(), top.members()));
              }
            })
        .onFailure(_ -> until = clock.instant().plus(FOR))
        .onComplete(
            _ -> {
              running = clock.instant().isBefore(until);
              if (running) {
                checkLater();
              }
            });
  }
}
