package org.carewire.presence;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carewire.protocol.PresenceStatus;
import org.jspecify.annotations.Nullable;

/** What others see of a user, by the rules of the protocol and nothing else. */
final class ModelUser {
  private static final class ModelSession {
    private final String node;
    private boolean counts;
    private boolean idle;
    private boolean ended;

    ModelSession(String node) {
      this.node = node;
    }
  }

  private final boolean graceIsLong;
  private final Map<String, ModelSession> sessions = new HashMap<>();
  private final Set<String> calls = new HashSet<>();
  private @Nullable PresenceStatus set;
  private @Nullable String custom;

  /**
   * A user who was never there.
   *
   * @param graceIsLong whether a session that has ended counts on, or is over at once
   */
  ModelUser(boolean graceIsLong) {
    this.graceIsLong = graceIsLong;
  }

  void put(String node, String socket, boolean idle) {
    ModelSession session = sessions.computeIfAbsent(socket, _ -> new ModelSession(node));
    // What has ended does not begin again.
    if (!session.ended) {
      session.counts = true;
      session.idle = idle;
    }
  }

  void end(String node, String socket) {
    sessions.computeIfAbsent(socket, _ -> new ModelSession(node)).ended = true;
  }

  void nodeDied(String node) {
    sessions.values().removeIf(session -> session.node.equals(node) && !session.ended);
  }

  void set(PresenceStatus status, @Nullable String text) {
    set = status;
    custom = text;
  }

  void mark(String call, boolean in) {
    if (in) {
      calls.add(call);
    } else {
      calls.remove(call);
    }
  }

  /** What is over is forgotten; answers what others see. */
  PresenceStatus status() {
    if (!graceIsLong) {
      sessions.values().removeIf(session -> session.ended);
    }
    List<ModelSession> there =
        sessions.values().stream().filter(session -> session.counts).toList();
    if (there.isEmpty()) {
      set = null;
      custom = null;
      return PresenceStatus.OFFLINE;
    }
    if (!calls.isEmpty()) {
      return PresenceStatus.IN_CALL;
    }
    if (set != null) {
      return set;
    }
    return there.stream().allMatch(session -> session.idle)
        ? PresenceStatus.AWAY
        : PresenceStatus.ONLINE;
  }

  @Nullable String customStatus() {
    return custom;
  }
}
