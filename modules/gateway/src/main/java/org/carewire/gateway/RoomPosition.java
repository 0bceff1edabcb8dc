package org.carewire.gateway;

import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.RoomKind;
import org.jspecify.annotations.Nullable;

/** Where a session stands in the log of one room. */
final class RoomPosition {
  private static final long UNKNOWN = -1;
  private static final int MAX_HELD = 16;

  private final RoomId room;

  /** All entries up to here were sent, or need not be. */
  private long sent;

  /** The highest offset that is known to be there. */
  private long top;

  /** The highest offset that a delivery has told of, and of who sent it. */
  private long told;

  /** How far to read before the session has caught up. */
  private long target;

  /** Whether the session reads the log, or waits to do so, instead of being told at once. */
  private boolean behind;

  /** An entry that was waited for once. */
  private long waitedFor;

  /** Entries that have come before others that are on their way; by offset. */
  private @Nullable NavigableMap<Long, OutboundEvent> held;

  /** The lowest offset that it was told of before it was known where to begin. */
  private long firstTold = Long.MAX_VALUE;

  /** What the session sent itself of what it has yet to read. */
  private @Nullable Set<Long> own;

  private RoomPosition(RoomId room, long sent) {
    this.room = room;
    this.sent = sent;
    this.top = sent;
    this.target = sent;
  }

  static RoomPosition at(RoomId room, long offset) {
    return new RoomPosition(room, offset);
  }

  /** A position that the log must be asked for. */
  static RoomPosition unknown(RoomId room) {
    return new RoomPosition(room, UNKNOWN);
  }

  RoomId room() {
    return room;
  }

  /** Whether its entries are a user's notifications, and not messages. */
  boolean holdsNotifications() {
    return room.kind() == RoomKind.NOTIFICATIONS;
  }

  boolean isKnown() {
    return sent != UNKNOWN;
  }

  /** It has become known. */
  void found(long offset, long topOfLog) {
    sent = offset;
    target = topOfLog;
    top = Math.max(top, topOfLog);
  }

  /** Where a session begins that gets what it is told of, and nothing older. */
  long beforeWhatItWasToldOf(long topOfLog) {
    return Math.min(topOfLog, firstTold - 1);
  }

  /** It has caught up as far as it was sent; the rest comes when it can be read. */
  void catchUpLater() {
    target = sent;
  }

  long sent() {
    return sent;
  }

  long target() {
    return target;
  }

  boolean isBehind() {
    return behind;
  }

  void setBehind(boolean behind) {
    this.behind = behind;
  }

  /** Whether an entry of that offset is the next to be sent, and may be sent at once. */
  boolean isNext(long offset) {
    return !behind && offset == sent + 1;
  }

  boolean mayHold(long offset) {
    return isKnown() && !behind && offset > sent + 1 && (held == null || held.size() < MAX_HELD);
  }

  /** Holds an entry until those before it were sent; answers whether it is the only one. */
  boolean hold(long offset, OutboundEvent event, boolean isOwn) {
    told = Math.max(told, offset);
    if (isOwn) {
      noteOwn(offset);
    }
    if (held == null) {
      held = new TreeMap<>();
    }
    held.put(offset, event);
    return held.size() == 1;
  }

  /** Takes what was held and is next. */
  @Nullable OutboundEvent takeNextHeld() {
    return held == null ? null : held.remove(sent + 1);
  }

  /** Gives up what is held still; answers its offsets with the events. */
  NavigableMap<Long, OutboundEvent> takeHeld() {
    NavigableMap<Long, OutboundEvent> taken = held == null ? new TreeMap<>() : held;
    held = null;
    return taken.tailMap(sent, false);
  }

  /** An entry was sent; answers whether it is one that the session sent itself. */
  boolean sent(long offset) {
    sent = offset;
    top = Math.max(top, offset);
    return own != null && own.remove(offset);
  }

  /** The log has come so far; nothing is known of who sent what. */
  void reached(long topOfLog) {
    top = Math.max(top, topOfLog);
  }

  /**
   * There is an entry that could not be sent at once.
   *
   * @param isOwn whether the session sent it itself
   */
  void missed(long offset, boolean isOwn) {
    top = Math.max(top, offset);
    told = Math.max(told, offset);
    firstTold = Math.min(firstTold, offset);
    if (isOwn) {
      noteOwn(offset);
    }
  }

  private void noteOwn(long offset) {
    if (own == null) {
      own = new HashSet<>(2);
    }
    own.add(offset);
  }

  /** Whether it is to be waited until it is known who sent an entry; once only. */
  boolean waitsFor(long offset) {
    if (offset <= told || waitedFor == offset) {
      return false;
    }
    waitedFor = offset;
    return true;
  }

  boolean hasReachedTarget() {
    return sent >= target;
  }

  boolean hasReachedTop() {
    return sent >= top;
  }

  /** The log has no more to give. */
  void giveUp() {
    sent = Math.max(sent, top);
    own = null;
  }
}
