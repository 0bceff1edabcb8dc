package org.carewire.gateway;

import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.carewire.platform.Bus;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ChatEndpoints;
import org.carewire.protocol.FindTops;
import org.carewire.protocol.Role;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.Tops;
import org.carewire.protocol.UserId;

/**
 * Finds entries that are stored and that this node was not told of. For a while after deliveries
 * may have been lost, its gateways are told every second how far the rooms have come that changed
 * since; a session that lacks something reads the log. One for all gateways of a node; safe for all
 * threads.
 */
public final class Rechecking {
  private static final long EVERY_MS = 1_000;

  /** After failures: PostgreSQL may have more to do than it can. */
  private static final long LONGEST_PAUSE_MS = 8_000;

  /** What PostgreSQL was sent before is stored by then, or never. */
  private static final Duration FOR = Duration.ofSeconds(15);

  /**
   * An entry has the time at which it was sent by the clock of its node, and may be stored so much
   * later.
   */
  private static final Duration OVERLAP = Duration.ofSeconds(15);

  private static final Caller GATEWAY =
      new Caller(TenantId.DEFAULT, new UserId("gateway"), Role.SERVICE, null, null);

  private final Vertx vertx;
  private final Bus bus;
  private final Deliveries deliveries;
  private final Clock clock;
  private Instant since = Instant.MAX;
  private Instant until = Instant.MIN;
  private boolean running;
  private long pauseMs = EVERY_MS;

  public Rechecking(Vertx vertx, Bus bus, Deliveries deliveries, Clock clock) {
    this.vertx = vertx;
    this.bus = bus;
    this.deliveries = deliveries;
    this.clock = clock;
  }

  /** Deliveries may have been lost since then, or are about to be. */
  public synchronized void doubt(Instant from) {
    until = clock.instant().plus(FOR);
    since = from.isBefore(since) ? from : since;
    if (!running) {
      running = true;
      check();
    }
  }

  private synchronized void check() {
    Instant from = since;
    since = clock.instant();
    bus.request(ChatEndpoints.FIND_TOPS, GATEWAY, new FindTops(from.minus(OVERLAP)))
        .onSuccess(this::tell)
        .onFailure(_ -> doubt(from))
        .onComplete(done -> goOn(done.succeeded()));
  }

  private void tell(Tops found) {
    for (Tops.Top top : found.tops()) {
      deliveries.tellOwnGateway(
          new Delivery.TopReached(top.tenant(), top.room(), top.top(), top.members()));
    }
  }

  private synchronized void goOn(boolean succeeded) {
    pauseMs = succeeded ? EVERY_MS : Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    running = clock.instant().isBefore(until);
    if (running) {
      vertx.setTimer(pauseMs, _ -> check());
    } else {
      since = Instant.MAX;
    }
  }
}
