package org.carewire.presence;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.carewire.protocol.Caller;

/**
 * Sessions that have ended. Each is noted in Redis as ended at once, and is over when its user has
 * not come back in time. If this node dies before, Redis has what another one needs to go on. Used
 * on one event loop only.
 */
final class Leaving {
  private static final long TICK_MS = 100;
  private static final long AGAIN_MS = 1_000;

  /** So that Redis does other things too while all sessions of a node end. */
  private static final int AT_ONCE = 200;

  /** A user who may have no session on a node any more. */
  private record Place(User user, String node) {}

  /**
   * When to see about one.
   *
   * @param at by the clock of {@link System#nanoTime}
   */
  private record Due(long at, Place place) {}

  private final Vertx vertx;
  private final PresenceStore store;
  private final NodeUsers nodeUsers;
  private final Announcing announcing;
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>(Comparator.comparing(Due::at, (one, other) -> Long.signum(one - other)));

  /** Where a session that comes now comes before the answer of Redis that there is none. */
  private final Set<Place> settling = new HashSet<>();

  private int underWay;
  private boolean ticking;

  Leaving(Vertx vertx, PresenceStore store, NodeUsers nodeUsers, Announcing announcing) {
    this.vertx = vertx;
    this.store = store;
    this.nodeUsers = nodeUsers;
    this.announcing = announcing;
  }

  /** A session has come, or is there still. */
  void put(User user, String node) {
    settling.remove(new Place(user, node));
  }

  /** The caller's session has ended; to be said again where that fails. */
  Future<?> ended(Caller caller, String node) {
    return store
        .end(caller, node)
        .onSuccess(
            change -> {
              announcing.changed(change);
              later(store.grace().toMillis(), new Place(User.of(caller), node));
            });
  }

  private Future<?> settle(Place place) {
    settling.add(place);
    return store
        .settle(place.user(), place.node())
        .onSuccess(
            change -> {
              announcing.changed(change);
              boolean nobodyCame = settling.remove(place);
              if (change.nextDueMs() > 0) {
                later(change.nextDueMs(), place);
              } else if (change.sessionsLeft() == 0 && nobodyCame) {
                nodeUsers.gone(place.node(), List.of(place.user()));
              }
            })
        .onFailure(_ -> later(AGAIN_MS, place));
  }

  private void later(long ms, Place place) {
    queue.add(new Due(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms), place));
    tickLater();
  }

  private void tickLater() {
    if (!ticking && !queue.isEmpty()) {
      ticking = true;
      vertx.setTimer(
          TICK_MS,
          _ -> {
            ticking = false;
            work();
            tickLater();
          });
    }
  }

  private void work() {
    long now = System.nanoTime();
    for (Due due = queue.peek();
        due != null && due.at() - now <= 0 && underWay < AT_ONCE;
        due = queue.peek()) {
      queue.remove();
      underWay++;
      settle(due.place())
          .onComplete(
              _ -> {
                underWay--;
                work();
              });
    }
  }
}
