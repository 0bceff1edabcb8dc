package org.carewire.gateway;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carewire.protocol.StatusSet;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** What others are to know of a session's user, and whom the session watches. */
final class SessionPresence {
  private boolean idle;
  private boolean put;
  private boolean known;
  private @Nullable StatusSet set;

  // Most sessions watch nobody, or few.
  private Map<UserId, Watch> watches = Map.of();
  private Set<Watch> owed = Set.of();

  /** Whether the device is left alone by its user. */
  boolean isIdle() {
    return idle;
  }

  void setIdle(boolean isIdle) {
    idle = isIdle;
  }

  /** Whether presence has been told of the session. */
  boolean isPut() {
    return put;
  }

  void put() {
    put = true;
    known = false;
  }

  /** Whether presence has taken what it was told last. */
  boolean isKnown() {
    return known;
  }

  void known() {
    known = true;
  }

  /** The status that its user has set, as far as it knows. */
  @Nullable StatusSet set() {
    return set;
  }

  /** The user has set a status; of two the later one counts. */
  void remember(@Nullable StatusSet other) {
    if (other != null && (set == null || other.at().isAfter(set.at()))) {
      set = other;
    }
  }

  @Nullable Watch watch(UserId user) {
    return watches.get(user);
  }

  /** Watches the user by this watch from now on, in place of an earlier one. */
  void watch(UserId user, Watch watch) {
    if (watches.isEmpty()) {
      watches = new HashMap<>(4);
    }
    watches.put(user, watch);
  }

  void unwatch(UserId user) {
    if (!watches.isEmpty()) {
      watches.remove(user);
    }
  }

  Collection<Watch> watches() {
    return watches.values();
  }

  /** Those whom it watches, or asks to. */
  Set<UserId> watched() {
    return watches.keySet();
  }

  /** It was too slow to be told of a change. */
  void owe(Watch watch) {
    if (owed.isEmpty()) {
      owed = new LinkedHashSet<>(2);
    }
    owed.add(watch);
  }

  void settle(Watch watch) {
    if (!owed.isEmpty()) {
      owed.remove(watch);
    }
  }

  /** A copy, so that what is paid may be settled while it is gone through. */
  List<Watch> owed() {
    return List.copyOf(owed);
  }

  boolean isOwed() {
    return !owed.isEmpty();
  }
}
