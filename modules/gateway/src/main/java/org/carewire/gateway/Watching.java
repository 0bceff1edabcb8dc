package org.carewire.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.carewire.protocol.PresenceChange;
import org.carewire.protocol.PresenceList;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions of a gateway instance watch whom, and what they are told: what is so when they
 * begin, then each change, at most every {@link Watched#PAUSE} and the last one always.
 */
final class Watching {
  /** While a change waits for its time, or somebody too slow is owed one. */
  static final long TICK_MS = 50;

  private final Vertx vertx;
  private final Clock clock;
  private final AtomicInteger watchedUsers;
  private final Counter changed;
  private final Counter initial;
  private final Counter coalesced;
  private final Map<UserKey, Watched> users = new HashMap<>();

  /** Users whose watchers were told something a moment ago, and lack something since. */
  private final Set<Watched> waiting = new LinkedHashSet<>();

  private final SlowWatchers slow;

  private boolean ticking;

  /**
   * Nobody watches yet.
   *
   * @param watchedUsers of all instances
   */
  Watching(Vertx vertx, Clock clock, MeterRegistry metrics, AtomicInteger watchedUsers) {
    this.vertx = vertx;
    this.clock = clock;
    this.watchedUsers = watchedUsers;
    this.changed = told(metrics, "changed");
    this.initial = told(metrics, "initial");
    this.coalesced = told(metrics, "coalesced");
    this.slow = new SlowWatchers(told(metrics, "owed"));
  }

  private static Counter told(MeterRegistry metrics, String kind) {
    return metrics.counter("carewire.presence.told", "kind", kind);
  }

  /**
   * A session asks to watch a user, and is told nothing until it is allowed to. What becomes known
   * meanwhile is in what it is told at first.
   *
   * @return the watch it has already, or a new one
   */
  Watch begin(Session session, UserKey user) {
    Watch present = session.presence().watch(user.user());
    Watch watch = present == null ? new Watch(session, watched(user)) : present;
    if (present == null) {
      take(watch);
    }
    watch.beginAsking();
    return watch;
  }

  private Watched watched(UserKey user) {
    Watched known = users.get(user);
    if (known != null) {
      return known;
    }
    var watched = new Watched(user);
    users.put(user, watched);
    watchedUsers.incrementAndGet();
    return watched;
  }

  private static void take(Watch watch) {
    watch.watched().add(watch);
    watch.session().presence().watch(watch.watched().user().user(), watch);
  }

  /** What was asked for was refused, or could not be answered. */
  void giveUp(List<Watch> watches) {
    for (Watch watch : watches) {
      watch.endAsking();
      if (!watch.isAllowed() && !watch.isAsking()) {
        drop(watch);
      }
    }
  }

  /**
   * The session may watch these users, and is told how they are.
   *
   * @param watches those that are over are left out
   */
  void tellAtFirst(Session session, List<Watch> watches) {
    var states = new ArrayList<PresenceState>(watches.size());
    for (Watch watch : watches) {
      PresenceState state = watch.isOver() ? null : watch.watched().toldAtFirst();
      if (state != null) {
        states.add(state);
        watch.allow();
        slow.level(watch);
      }
    }
    session.send(OutboundEvent.of(ServerEvent.PRESENCE_INITIAL, PresenceList.of(states)));
    initial.increment(states.size());
  }

  /** The session may go on watching, and is told what it has missed. */
  void goOn(Watch watch) {
    watch.allow();
    slow.owe(watch);
    tickLater();
  }

  /** The right to a watch is in doubt; answers the one that waits to be allowed in its place. */
  Watch doubt(Watch watch) {
    Watch other = watch.doubted();
    // First, as a user whom nobody watches is forgotten.
    other.watched().add(other);
    drop(watch);
    take(other);
    return other;
  }

  void unwatch(Session session, List<UserId> unwatched) {
    for (UserId user : unwatched) {
      Watch watch = session.presence().watch(user);
      if (watch != null) {
        drop(watch);
      }
    }
  }

  /** Ends a watch; nothing of it is left. */
  void drop(Watch watch) {
    if (watch.isOver()) {
      return;
    }
    watch.end();
    slow.level(watch);
    Watched watched = watch.watched();
    watch.session().presence().unwatch(watched.user().user());
    watched.remove(watch);
    if (watched.watches().isEmpty()) {
      users.remove(watched.user());
      waiting.remove(watched);
      watchedUsers.decrementAndGet();
    }
  }

  void ended(Session session) {
    List.copyOf(session.presence().watches()).forEach(this::drop);
  }

  /** All who are watched; a copy. */
  List<Watched> all() {
    return List.copyOf(users.values());
  }

  /** A copy. */
  Collection<Watch> watchesOf(UserKey user) {
    Watched watched = users.get(user);
    return watched == null ? List.of() : List.copyOf(watched.watches());
  }

  /** What others see of a user has changed, perhaps. */
  void learn(PresenceState state) {
    Watched watched = users.get(UserKey.of(state));
    if (watched != null) {
      learned(watched, watched.isUntold(), watched.learn(state));
    }
  }

  /**
   * What Redis says of a user after changes may have been missed.
   *
   * @param before what was known when it was asked
   */
  void refreshed(Watched watched, PresenceState state, @Nullable PresenceState before) {
    if (users.get(watched.user()) == watched) {
      learned(watched, watched.isUntold(), watched.learn(state, before));
    }
  }

  private void learned(Watched watched, boolean wasUntold, boolean isNew) {
    if (!isNew) {
      return;
    }
    if (wasUntold) {
      coalesced.increment();
    }
    if (watched.isUntold()) {
      Instant now = clock.instant();
      if (watched.mayTell(now)) {
        tell(watched, now);
      } else {
        waiting.add(watched);
        tickLater();
      }
    }
  }

  private void tell(Watched watched, Instant now) {
    PresenceState before = watched.tell(now);
    PresenceState told = watched.told();
    if (before == null || told == null) {
      return;
    }
    OutboundEvent event = change(told);
    int reached = 0;
    for (Watch watch : watched.watches()) {
      if (!watch.isLevel()) {
        continue;
      }
      if (watch.session().signal(event)) {
        reached++;
      } else {
        watch.missedAfter(before);
        slow.owe(watch);
        tickLater();
      }
    }
    changed.increment(reached);
  }

  static OutboundEvent change(PresenceState state) {
    return OutboundEvent.of(ServerEvent.PRESENCE_CHANGED, PresenceChange.of(state));
  }

  private void tickLater() {
    if (!ticking) {
      ticking = true;
      vertx.setTimer(TICK_MS, _ -> tick());
    }
  }

  /** Tells what has waited for its time, and for slow peers. */
  void tick() {
    ticking = false;
    Instant now = clock.instant();
    for (Watched watched : List.copyOf(waiting)) {
      if (watched.mayTell(now)) {
        waiting.remove(watched);
        if (watched.isUntold()) {
          tell(watched, now);
        }
      }
    }
    slow.pay();
    if (!waiting.isEmpty() || !slow.isEmpty()) {
      tickLater();
    }
  }
}
