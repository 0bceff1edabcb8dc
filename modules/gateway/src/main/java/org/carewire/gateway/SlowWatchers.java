package org.carewire.gateway;

import io.micrometer.core.instrument.Counter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carewire.protocol.PresenceState;

/**
 * Sessions of a gateway instance that have missed changes of whom they watch. Each is told the last
 * one of a user when its peer has read enough, unless that is what it was told before.
 */
final class SlowWatchers {
  private final Counter paid;
  private final Set<Session> sessions = new HashSet<>();

  SlowWatchers(Counter paid) {
    this.paid = paid;
  }

  boolean isEmpty() {
    return sessions.isEmpty();
  }

  void owe(Watch watch) {
    watch.session().presence().owe(watch);
    sessions.add(watch.session());
  }

  /** The session lacks nothing of that user. */
  void level(Watch watch) {
    watch.level();
    SessionPresence presence = watch.session().presence();
    presence.settle(watch);
    if (!presence.isOwed()) {
      sessions.remove(watch.session());
    }
  }

  /** Tells those what they have missed whose peers have read enough. */
  void pay() {
    List.copyOf(sessions).forEach(this::pay);
  }

  private void pay(Session session) {
    for (Watch watch : session.presence().owed()) {
      PresenceState told = watch.watched().told();
      PresenceState last = watch.last();
      if (told != null && last != null && !Watched.isSame(told, last)) {
        if (!session.signal(Watching.change(told))) {
          return;
        }
        paid.increment();
      }
      level(watch);
    }
  }
}
