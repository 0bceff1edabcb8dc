package org.carewire.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PresenceStatus;
import org.jspecify.annotations.Nullable;

/**
 * A user that sessions of a gateway instance watch: what is known, and what all of them have been
 * told. That they share it makes a change one event, whatever their number.
 */
final class Watched {
  /** Between two changes that are told: 5 a second. */
  static final Duration PAUSE = Duration.ofMillis(200);

  private final UserKey user;
  private final Set<Watch> watches = new HashSet<>(2);
  private @Nullable PresenceState newest;
  private @Nullable PresenceState told;
  private @Nullable Instant toldAt;

  Watched(UserKey user) {
    this.user = user;
  }

  /** Whether watchers would see a difference. */
  static boolean isSame(PresenceState one, PresenceState other) {
    return one.status() == other.status()
        && Objects.equals(one.customStatus(), other.customStatus());
  }

  UserKey user() {
    return user;
  }

  void add(Watch watch) {
    watches.add(watch);
  }

  void remove(Watch watch) {
    watches.remove(watch);
  }

  Collection<Watch> watches() {
    return watches;
  }

  @Nullable PresenceState newest() {
    return newest;
  }

  /** What the watchers have been told; absent where there was nobody to tell yet. */
  @Nullable PresenceState told() {
    return told;
  }

  /** Of two states the later one counts; answers whether it is this one. */
  boolean learn(PresenceState state) {
    if (newest != null && !state.at().isAfter(newest.at())) {
      return false;
    }
    newest = seen(state, newest);
    return true;
  }

  /** When a user was last seen stays known where Redis has forgotten it. */
  private static PresenceState seen(PresenceState state, @Nullable PresenceState before) {
    return before == null || state.lastSeen() != null
        ? state
        : new PresenceState(
            state.tenant(),
            state.userId(),
            state.status(),
            before.lastSeen(),
            state.customStatus(),
            state.at());
  }

  /**
   * Takes what Redis says now, by whichever clock. Whom it knows nothing of is gone, whenever that
   * was.
   *
   * @param before what was known when Redis was asked; what came since counts
   * @return whether it is something new
   */
  boolean learn(PresenceState state, @Nullable PresenceState before) {
    if (before == null || !before.equals(newest)) {
      return learn(state);
    }
    boolean isUnknown = state.status() == PresenceStatus.OFFLINE && state.lastSeen() == null;
    newest = isUnknown ? gone(before, state.at()) : state;
    return true;
  }

  private PresenceState gone(PresenceState before, Instant now) {
    Instant at = now.isAfter(before.at()) ? now : before.at();
    return new PresenceState(
        user.tenant(), user.user(), PresenceStatus.OFFLINE, before.lastSeen(), null, at);
  }

  /** Whether the watchers lack something. */
  boolean isUntold() {
    return told != null && newest != null && !isSame(told, newest);
  }

  /** Whether the watchers have been left alone for long enough. */
  boolean mayTell(Instant now) {
    if (toldAt == null) {
      return true;
    }
    Duration since = Duration.between(toldAt, now);
    // A clock that was set back keeps nobody waiting.
    return since.isNegative() || since.compareTo(PAUSE) >= 0;
  }

  /** The watchers are told what is known now; answers what they have been told so far. */
  @Nullable PresenceState tell(Instant now) {
    PresenceState before = told;
    told = newest;
    toldAt = now;
    return before;
  }

  /**
   * What another watcher is told at first: what all others have been, as it gets their next change
   * with them. Absent where nothing is known.
   */
  @Nullable PresenceState toldAtFirst() {
    if (!isUntold()) {
      // Of the same content, when the user was last seen may be later.
      told = newest;
    }
    return told;
  }
}
