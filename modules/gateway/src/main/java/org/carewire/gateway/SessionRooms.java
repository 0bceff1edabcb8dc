package org.carewire.gateway;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.carewire.protocol.RoomId;

/** The rooms a session is in, on its way into, or typing in. */
final class SessionRooms {
  /** In how many rooms typing is ended with the session; elsewhere it ends by itself. */
  private static final int MAX_TYPING = 16;

  /** A request to join that is under way. */
  static final class Joining {
    private final RoomId room;
    private Outcome outcome = Outcome.ENTERS;

    private Joining(RoomId room) {
      this.room = room;
    }

    Outcome outcome() {
      return outcome;
    }
  }

  /** What a session does once its request to join has succeeded. */
  enum Outcome {
    ENTERS,
    /** It has asked to leave meanwhile. */
    HAS_LEFT,
    /** It has lost its access meanwhile. */
    HAS_NO_ACCESS
  }

  private final List<Joining> joining = new ArrayList<>(1);
  private final Set<RoomId> joined = new HashSet<>(2);
  private final Set<RoomId> typing = new LinkedHashSet<>(2);

  /** Where a request to join was not answered in time and may yet succeed. */
  private final Set<RoomId> unsettled = new HashSet<>(2);

  /** Where the device was a moment ago, and the session is not in yet. */
  private Set<RoomId> returning = Set.of();

  /** The device was in these rooms a moment ago. */
  void returnsTo(Set<RoomId> rooms) {
    returning = new HashSet<>(rooms);
  }

  /** It has no access to the room any more. */
  void returnsNoMoreTo(RoomId room) {
    if (!returning.isEmpty()) {
      returning.remove(room);
    }
  }

  /** What the device is to be in when it returns. */
  Set<RoomId> remembered() {
    if (returning.isEmpty()) {
      return joined;
    }
    var remembered = new HashSet<>(joined);
    remembered.addAll(returning);
    return remembered;
  }

  Joining joining(RoomId room) {
    var attempt = new Joining(room);
    joining.add(attempt);
    return attempt;
  }

  void endJoining(Joining attempt) {
    joining.remove(attempt);
  }

  void unsettled(RoomId room) {
    unsettled.add(room);
  }

  void joined(RoomId room) {
    unsettled.remove(room);
    returnsNoMoreTo(room);
    joined.add(room);
  }

  void startTyping(RoomId room) {
    typing.remove(room);
    typing.add(room);
    if (typing.size() > MAX_TYPING) {
      typing.remove(typing.iterator().next());
    }
  }

  void stopTyping(RoomId room) {
    typing.remove(room);
  }

  /** Takes the session out of a room, also if it is only on its way in. */
  void remove(RoomId room, Outcome outcome) {
    joined.remove(room);
    unsettled.remove(room);
    returnsNoMoreTo(room);
    for (Joining attempt : joining) {
      if (attempt.room.equals(room) && attempt.outcome != Outcome.HAS_NO_ACCESS) {
        attempt.outcome = outcome;
      }
    }
  }

  boolean isIn(RoomId room) {
    return joined.contains(room);
  }

  /** Whether the session is, or may be, in the room or on its way into it. */
  boolean isAbout(RoomId room) {
    return isIn(room)
        || unsettled.contains(room)
        || joining.stream().anyMatch(attempt -> attempt.room.equals(room));
  }

  /** Those of the given rooms that the session is in or on its way into. */
  List<RoomId> about(Set<RoomId> rooms) {
    return joined.isEmpty() && joining.isEmpty() && unsettled.isEmpty()
        ? List.of()
        : rooms.stream().filter(this::isAbout).toList();
  }

  int size() {
    return joined.size() + joining.size() + unsettled.size();
  }

  Set<RoomId> joined() {
    return joined;
  }

  /** Where something of the session may be left; what is under way ends by itself. */
  Set<RoomId> all() {
    var all = new HashSet<>(joined);
    all.addAll(unsettled);
    all.addAll(typing);
    return all;
  }

  /** Whether others may see the session in the room. */
  boolean mayBeIn(RoomId room) {
    return joined.contains(room) || unsettled.contains(room);
  }
}
