package org.carewire.presence;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PresenceStatus;

/**
 * Tells all gateways what others see of users now. What comes together is told together, of each
 * user the last state, so a node is sent one message for many changes. Used on one event loop only.
 */
final class Announcing {
  private static final long GATHERED_MS = 20;

  /** In one message. */
  private static final int TOLD_AT_ONCE = 500;

  private final Vertx vertx;
  private final Deliveries deliveries;
  private final LastSeenQueue lastSeen;
  private final MeterRegistry metrics;

  /** Users whose change may have been news, and nobody was told. */
  private final Set<User> doubted = new HashSet<>();

  private Map<User, PresenceState> waiting = new LinkedHashMap<>();

  Announcing(Vertx vertx, Deliveries deliveries, LastSeenQueue lastSeen, MeterRegistry metrics) {
    this.vertx = vertx;
    this.deliveries = deliveries;
    this.lastSeen = lastSeen;
    this.metrics = metrics;
  }

  /** It is not known whether something has changed; whatever comes next of the user is told. */
  void doubt(User user) {
    doubted.add(user);
  }

  void changed(Change change) {
    PresenceState state = change.state();
    var user = new User(state.tenant(), state.userId());
    boolean wasDoubted = doubted.remove(user);
    if (!change.isNews() && !wasDoubted) {
      return;
    }
    metrics.counter("carewire.presence.changes", "status", state.status().wireName()).increment();
    Instant seenAt = state.lastSeen();
    if (state.status() == PresenceStatus.OFFLINE && seenAt != null) {
      lastSeen.seen(user, seenAt);
    }
    if (waiting.isEmpty()) {
      vertx.setTimer(GATHERED_MS, _ -> tell());
    }
    waiting.put(user, state);
  }

  private void tell() {
    List<PresenceState> states = List.copyOf(waiting.values());
    waiting = new LinkedHashMap<>();
    for (int from = 0; from < states.size(); from += TOLD_AT_ONCE) {
      var some = states.subList(from, Math.min(from + TOLD_AT_ONCE, states.size()));
      deliveries.send(new Delivery.PresenceChanged(new ArrayList<>(some)));
    }
  }

  /** Tells what waits. */
  void close() {
    tell();
  }
}
