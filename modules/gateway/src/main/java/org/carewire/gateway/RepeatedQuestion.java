package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

/**
 * What has changed since deliveries may have been lost: asked every second for a while, and until
 * it was answered. Safe for all threads.
 */
final class RepeatedQuestion {
  private static final long EVERY_MS = 1_000;

  /** After failures: PostgreSQL may have more to do than it can. */
  private static final long LONGEST_PAUSE_MS = 8_000;

  /** What PostgreSQL was sent before is stored by then, or never. */
  private static final Duration FOR = Duration.ofSeconds(15);

  /** A change has the time of the clock of its node, and may be stored so much later. */
  private static final Duration OVERLAP = Duration.ofSeconds(15);

  private final Vertx vertx;
  private final Clock clock;
  private final Function<Instant, Future<?>> question;
  private Instant since = Instant.MAX;
  private Instant until = Instant.MIN;
  private boolean running;
  private long pauseMs = EVERY_MS;

  /**
   * One that is not asked yet.
   *
   * @param question what has changed since that time; done when that is known and told
   */
  RepeatedQuestion(Vertx vertx, Clock clock, Function<Instant, Future<?>> question) {
    this.vertx = vertx;
    this.clock = clock;
    this.question = question;
  }

  /** Deliveries may have been lost since then, or are about to be. */
  synchronized void doubt(Instant from) {
    until = clock.instant().plus(FOR);
    since = from.isBefore(since) ? from : since;
    if (!running) {
      running = true;
      ask();
    }
  }

  private synchronized void ask() {
    Instant from = since;
    since = clock.instant();
    question
        .apply(from.minus(OVERLAP))
        .onFailure(_ -> doubt(from))
        .onComplete(done -> goOn(done.succeeded()));
  }

  private synchronized void goOn(boolean succeeded) {
    pauseMs = succeeded ? EVERY_MS : Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    running = clock.instant().isBefore(until);
    if (running) {
      vertx.setTimer(pauseMs, _ -> ask());
    } else {
      since = Instant.MAX;
    }
  }
}
