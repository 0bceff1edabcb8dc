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
import org.jspecify.annotations.Nullable;

/**
 * Sessions that have ended. Each is noted in Redis as ended at once, or as soon as Redis is there,
 * and is over when its user has not come back in time. If this node dies before, Redis has what
 * another one needs to go on. Used on one event loop only.
 */
final class Leaving {
  private static final long TICK_MS = 100;
  private static final long AGAIN_MS = 1_000;

  /** So that Redis does other things too while all sessions of a node end. */
  private static final int AT_ONCE = 200;

  /** A user who may have no session on a node any more. */
  private record Place(User user, String node) {}

  /**
   * What is to be done next about one.
   *
   * @param at by the clock of {@link System#nanoTime}
   * @param unended the session that Redis does not know to have ended; absent where it does
   */
  private record Due(long at, Place place, @Nullable Caller unended) {}

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

  /** The caller's session has ended; done when that is tried for the first time. */
  Future<?> ended(Caller caller, String node) {
    return end(caller, new Place(User.of(caller), node));
  }

  private Future<?> end(Caller caller, Place place) {
    return store
        .end(caller, place.node())
        .onSuccess(
            change -> {
              announcing.changed(change);
              later(store.grace().toMillis(), place, null);
            })
        .onFailure(_ -> later(AGAIN_MS, place, caller));
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
                later(change.nextDueMs(), place, null);
              } else if (change.sessionsLeft() == 0 && nobodyCame) {
                nodeUsers.gone(place.node(), List.of(place.user()));
              }
            })
        .onFailure(_ -> later(AGAIN_MS, place, null));
  }

  private void later(long ms, Place place, @Nullable Caller unended) {
    queue.add(new Due(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms), place, unended));
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
      Future<?> done =
          due.unended() == null ? settle(due.place()) : end(due.unended(), due.place());
      done.onComplete(
          _ -> {
            underWay--;
            work();
          });
    }
  }
}
