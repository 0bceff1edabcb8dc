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
import org.carewire.platform.HighWaterMarks;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PresenceStatus;

/**
 * Tells all gateways what others see of users now. What comes together is told together, of each
 * user the last state, so a node is sent one message for many changes. Used on one event loop only.
 */
final class Announcing {
  private static final long GATHERED_MS = 20;

  /** While Redis is being filled anew, what a user's first session makes of it is half of it. */
  private static final long HELD_MS = 200;

  /** In one message. */
  private static final int TOLD_AT_ONCE = 500;

  private final Vertx vertx;
  private final PresenceStore store;
  private final Deliveries deliveries;
  private final HighWaterMarks<User, Instant> lastSeen;
  private final MeterRegistry metrics;

  /** Users whose change may have been news, and nobody was told. */
  private final Set<User> doubted = new HashSet<>();

  private Map<User, PresenceState> waiting = new LinkedHashMap<>();
  private boolean scheduled;

  Announcing(
      Vertx vertx,
      PresenceStore store,
      Deliveries deliveries,
      HighWaterMarks<User, Instant> lastSeen,
      MeterRegistry metrics) {
    this.vertx = vertx;
    this.store = store;
    this.deliveries = deliveries;
    this.lastSeen = lastSeen;
    this.metrics = metrics;
  }

  /**
   * It is not known whether something has changed: saying it again would be no news, so whatever
   * comes next of the user is told.
   */
  void doubt(User user) {
    doubted.add(user);
  }

  void changed(Change change) {
    PresenceState state = change.state();
    boolean wasDoubted = doubted.remove(new User(state.tenant(), state.userId()));
    if (change.isNews() || wasDoubted) {
      announce(state);
    }
  }

  /** Tells a state, be it news or not: gateways leave out what their sessions know. */
  void announce(PresenceState state) {
    metrics.counter("carewire.presence.changes", "status", state.status().wireName()).increment();
    var user = new User(state.tenant(), state.userId());
    Instant seenAt = state.lastSeen();
    if (state.status() == PresenceStatus.OFFLINE && seenAt != null) {
      lastSeen.reached(user, seenAt);
    }
    waiting.put(user, state);
    tellIn(GATHERED_MS);
  }

  private void tellIn(long ms) {
    if (!scheduled) {
      scheduled = true;
      vertx.setTimer(
          ms,
          _ ->
              store
                  .isWhole()
                  .otherwise(true)
                  .onSuccess(
                      whole -> {
                        scheduled = false;
                        if (whole) {
                          tell();
                        } else {
                          tellIn(HELD_MS);
                        }
                      }));
    }
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
