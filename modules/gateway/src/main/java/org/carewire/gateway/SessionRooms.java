package org.carewire.gateway;

import java.util.HashSet;
import java.util.Set;
import org.carewire.protocol.RoomId;

/** The rooms a session is in, on its way into, or typing in. */
final class SessionRooms {
  private final Set<RoomId> joining = new HashSet<>(2);
  private final Set<RoomId> joined = new HashSet<>(2);
  private final Set<RoomId> typing = new HashSet<>(2);

  void joining(RoomId room) {
    joining.add(room);
  }

  /** Ends an attempt to join; answers whether access was not lost since it began. */
  boolean endJoining(RoomId room) {
    return joining.remove(room);
  }

  void joined(RoomId room) {
    joined.add(room);
  }

  void typing(RoomId room, boolean starts) {
    if (starts) {
      typing.add(room);
    } else {
      typing.remove(room);
    }
  }

  /** Takes the session out of a room, also if it is only on its way in. */
  void remove(RoomId room) {
    joining.remove(room);
    joined.remove(room);
  }

  boolean isIn(RoomId room) {
    return joined.contains(room);
  }

  int size() {
    return joined.size() + joining.size();
  }

  Set<RoomId> joined() {
    return joined;
  }

  /** Every room where something of the session may be left. */
  Set<RoomId> all() {
    var all = new HashSet<>(joining);
    all.addAll(joined);
    all.addAll(typing);
    return all;
  }
}
