package org.carewire.platform;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When deliveries may not have come to this node: whoever holds sessions then looks into the logs.
 * Safe for all threads.
 */
public final class Doubts {
  private static final Logger log = LoggerFactory.getLogger(Doubts.class);

  /** A doubt that goes on is logged so often. */
  private static final Duration LOGGED_EVERY = Duration.ofSeconds(30);

  /** Why. */
  public enum Reason {
    /** The node has just started, and whoever was here before may have been killed. */
    STARTED,
    /** Of the deliveries of another node some have not come. */
    MISSING_DELIVERY,
    /** Another node is not heard of. */
    MISSING_BEAT,
    /** A node has gone, perhaps between a commit and its deliveries. */
    NODE_LEFT,
    /** A node that was out of reach is back. */
    NODE_JOINED,
    /** There are nodes that this one does not reach. */
    SPLIT,
    /** This process stood still. */
    STOOD_STILL,
    /** What Redis should have had of this node was not there. */
    LEASE_LOST,
    /** It is not known whether something was stored. */
    COMMIT
  }

  private final Clock clock;
  private final MeterRegistry metrics;
  private final List<Consumer<Instant>> listeners = new CopyOnWriteArrayList<>();
  private final ConcurrentMap<Reason, Instant> logged = new ConcurrentHashMap<>();

  public Doubts(Clock clock, MeterRegistry metrics) {
    this.clock = clock;
    this.metrics = metrics;
  }

  /** From now on is told since when deliveries may be missing. */
  public void listen(Consumer<Instant> listener) {
    listeners.add(listener);
  }

  /** What was sent since then may not have come. */
  public void raise(Reason reason, Instant since) {
    metrics.counter("carewire.deliveries.doubts", "reason", reason.name()).increment();
    Instant now = clock.instant();
    Instant before = logged.get(reason);
    if (before == null || now.isAfter(before.plus(LOGGED_EVERY))) {
      logged.put(reason, now);
      log.atInfo()
          .addKeyValue("reason", reason)
          // As text: the encoder of the log drops a line with a time that it cannot write.
          .addKeyValue("since", since.toString())
          .log("deliveries.doubted");
    }
    listeners.forEach(listener -> listener.accept(since));
  }

  public void raise(Reason reason) {
    raise(reason, clock.instant());
  }
}
