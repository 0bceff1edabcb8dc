package org.carewire.gateway;

import io.vertx.core.Vertx;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.carewire.platform.Bus;
import org.carewire.protocol.Caller;
import org.carewire.protocol.PresenceEndpoints;
import org.carewire.protocol.SettleUser;

/**
 * Users of whom a session has ended at a gateway instance: when it has been gone for long enough
 * presence is asked to see whether anybody is left. Where this node dies before, other nodes do.
 */
final class Leaving {
  private static final long TICK_MS = 100;
  private static final long RETRY_MS = 1_000;

  /** So that the others are served too while all sessions of a node end. */
  private static final int AT_ONCE = 100;

  /**
   * When to see about a user.
   *
   * @param at by the clock of {@link System#nanoTime}
   */
  private record Due(long at, Caller caller) {}

  private final Vertx vertx;
  private final Bus bus;
  private final String node;
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparing(Due::at, (one, other) -> Long.signum(one - other)));

  /** Those in the queue, each once, however often it comes and goes. */
  private final Set<UserKey> queued = new HashSet<>();

  private int asking;
  private boolean ticking;

  Leaving(Vertx vertx, Bus bus, String node) {
    this.vertx = vertx;
    this.bus = bus;
    this.node = node;
  }

  /** Sees about the caller's user then, or before. */
  void settleIn(long ms, Caller caller) {
    if (queued.add(UserKey.of(caller))) {
      queue.add(new Due(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms), caller));
      tickLater();
    }
  }

  private void tickLater() {
    if (!ticking && !queue.isEmpty()) {
      ticking = true;
      vertx.setTimer(
          TICK_MS,
          _ -> {
            ticking = false;
            askOn();
            tickLater();
          });
    }
  }

  private void askOn() {
    long now = System.nanoTime();
    for (Due due = queue.peek();
        due != null && due.at() - now <= 0 && asking < AT_ONCE;
        due = queue.peek()) {
      queue.remove();
      queued.remove(UserKey.of(due.caller()));
      settle(due.caller());
    }
  }

  private void settle(Caller caller) {
    asking++;
    bus.request(PresenceEndpoints.SETTLE_USER, caller, new SettleUser(node))
        .onSuccess(
            settled -> {
              if (settled.nextDueMs() > 0) {
                settleIn(settled.nextDueMs(), caller);
              }
            })
        .onFailure(_ -> settleIn(RETRY_MS, caller))
        .onComplete(
            _ -> {
              asking--;
              askOn();
            });
  }
}
