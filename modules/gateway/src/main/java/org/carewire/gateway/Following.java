package org.carewire.gateway;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.carewire.protocol.Caller;
import org.carewire.protocol.CaughtUp;
import org.carewire.protocol.LogPage;
import org.carewire.protocol.LogPage.LogEntry;
import org.carewire.protocol.Positions.Position;
import org.carewire.protocol.ReadLog.Stretch;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SessionReset;
import org.carewire.protocol.SessionReset.Reason;
import org.jspecify.annotations.Nullable;

/**
 * A session's way through the logs of its rooms. First it is sent what it has missed, read from the
 * log; from then on what comes, at once. Where something is missing between the two, or the peer is
 * slow, a room is read from the log again until it is level.
 */
final class Following {
  /** Where a client's position counts for nothing and its device has none. */
  private static final long ENTRIES_AFTER_RESET = 200;

  private enum State {
    /** It is not known yet where to begin. */
    WAITING,
    CATCHING_UP,
    LEVEL
  }

  private final Session session;
  private final Caller caller;
  private final Map<RoomId, RoomPosition> rooms = new HashMap<>(4);
  private final Deque<RoomPosition> behind = new ArrayDeque<>(1);
  private final List<SessionReset> resets = new ArrayList<>(0);
  private final boolean beginsWithTheLog;
  private State state = State.WAITING;
  private boolean connected;
  private boolean reading;

  /**
   * A session that has just said hello.
   *
   * @param beginsWithTheLog whether it is sent what came before it, and told when it has that
   */
  Following(Session session, Caller caller, boolean beginsWithTheLog) {
    this.session = session;
    this.caller = caller;
    this.beginsWithTheLog = beginsWithTheLog;
  }

  Session session() {
    return session;
  }

  Caller caller() {
    return caller;
  }

  boolean isWaiting() {
    return state == State.WAITING;
  }

  @Nullable RoomPosition in(RoomId room) {
    return rooms.get(room);
  }

  RoomPosition add(RoomPosition position) {
    rooms.put(position.room(), position);
    return position;
  }

  void forget(RoomId room) {
    RoomPosition position = rooms.remove(room);
    if (position != null && position.isBehind()) {
      behind.remove(position);
    }
  }

  /** The client knows that it is connected, and may be sent entries. */
  void connected() {
    connected = true;
  }

  /** Whether an entry may be sent at once. */
  boolean isNext(RoomPosition position, long offset) {
    return state == State.LEVEL && connected && position.isNext(offset);
  }

  /** Whether an entry may wait for those before it, which may be on their way from other nodes. */
  boolean mayHold(RoomPosition position, long offset) {
    return state == State.LEVEL && connected && position.mayHold(offset);
  }

  /** An entry could not be sent at once. */
  void missed(RoomPosition position, long offset, boolean isOwn) {
    position.missed(offset, isOwn);
    if (state == State.LEVEL) {
      fallBehind(position);
    }
  }

  /** A room's log has come so far. */
  void reached(RoomPosition position, long top) {
    position.reached(top);
    if (state == State.LEVEL) {
      fallBehind(position);
    }
  }

  private void fallBehind(RoomPosition position) {
    if (position.isKnown() && !position.isBehind() && !position.hasReachedTop()) {
      position.setBehind(true);
      behind.add(position);
    }
  }

  /**
   * It is known where to begin in all rooms.
   *
   * @param resume the client's own positions, which win where they can be right
   * @param epoch that offsets belong to now
   * @return rooms that nothing is known of, as they have come into being meanwhile
   */
  List<RoomPosition> begin(List<Position> positions, Resume resume, String epoch) {
    for (Position found : positions) {
      RoomPosition position = positionIn(found.room());
      position.found(start(found, position, resume, epoch), found.top());
      if (!position.hasReachedTarget()) {
        position.setBehind(true);
        behind.add(position);
      }
    }
    state = State.CATCHING_UP;
    return rooms.values().stream().filter(position -> !position.isKnown()).toList();
  }

  private RoomPosition positionIn(RoomId room) {
    RoomPosition known = rooms.get(room);
    return known == null ? add(RoomPosition.unknown(room)) : known;
  }

  private long start(Position found, RoomPosition position, Resume resume, String epoch) {
    Long cursor = found.cursor();
    Long given = resume.positions().get(found.room());
    if (!beginsWithTheLog) {
      return position.beforeWhatItWasToldOf(found.top());
    }
    if (given == null) {
      return cursor == null ? found.top() : cursor;
    }
    boolean isOfThisHistory = epoch.equals(resume.epoch());
    if (isOfThisHistory && given <= found.top()) {
      return given;
    }
    Reason reason = isOfThisHistory ? Reason.ABOVE_TOP : Reason.UNKNOWN_EPOCH;
    resets.add(new SessionReset(found.room(), reason, found.top()));
    return cursor == null ? Math.max(0, found.top() - ENTRIES_AFTER_RESET) : cursor;
  }

  /** Positions of the client that count for nothing, each to be told once. */
  List<SessionReset> takeResets() {
    List<SessionReset> taken = List.copyOf(resets);
    resets.clear();
    return taken;
  }

  /** It is known where to begin in a room that was not there before. */
  void begin(RoomPosition position, long offset, long top) {
    position.found(offset, top);
    // A client that is told that it has caught up in this room, has.
    if (state == State.LEVEL || !position.hasReachedTarget()) {
      fallBehind(position);
    }
  }

  /** Whether the log may be read now. */
  boolean mayRead() {
    return connected && state != State.WAITING && !reading && session.isOpen();
  }

  /** Whether an entry may be one that the session has sent itself, and has no reply to yet. */
  boolean mayHaveJustSent(LogEntry entry) {
    return session.isSending() && caller.user().equals(entry.sender());
  }

  /**
   * Takes the rooms that have waited longest for something to be read, of messages or of
   * notifications, not both: different services keep them.
   */
  List<RoomPosition> takeBehind(int max) {
    var taken = new ArrayList<RoomPosition>(Math.min(max, behind.size()));
    while (taken.size() < max && isLike(taken, behind.peek())) {
      taken.add(behind.remove());
    }
    return taken;
  }

  private static boolean isLike(List<RoomPosition> taken, @Nullable RoomPosition next) {
    return next != null
        && (taken.isEmpty() || taken.getFirst().holdsNotifications() == next.holdsNotifications());
  }

  /** What is to be read in a room; until the session has caught up, no further than to there. */
  Stretch stretch(RoomPosition position) {
    long upTo = state == State.CATCHING_UP ? position.target() : Long.MAX_VALUE;
    return new Stretch(position.room(), position.sent(), upTo);
  }

  void setReading(boolean reading) {
    this.reading = reading;
  }

  /** The rooms could not be read; they wait again, behind those of another service, which may. */
  void putBack(List<RoomPosition> taken) {
    for (RoomPosition position : taken) {
      if (rooms.get(position.room()) != position) {
        continue;
      }
      if (state == State.CATCHING_UP && position.holdsNotifications()) {
        // Messages do not wait for those who keep notifications.
        position.catchUpLater();
        position.setBehind(false);
      } else {
        behind.add(position);
      }
    }
  }

  /**
   * A page was sent; what is not level yet waits for its next turn.
   *
   * @param answered rooms of which the page had something
   */
  void sent(List<RoomPosition> taken, LogPage page, Collection<RoomPosition> answered) {
    for (RoomPosition position : taken) {
      if (rooms.get(position.room()) != position) {
        continue;
      }
      if (page.denied().contains(position.room())) {
        rooms.remove(position.room());
        continue;
      }
      if (!page.full() && !answered.contains(position)) {
        position.giveUp();
      }
      if (state == State.CATCHING_UP ? position.hasReachedTarget() : position.hasReachedTop()) {
        position.setBehind(false);
      } else {
        behind.add(position);
      }
    }
  }

  /** Whether all that was missed has been sent, and nobody has been told. */
  boolean hasJustCaughtUp() {
    return state == State.CATCHING_UP && behind.isEmpty();
  }

  /** Whether its client wants to know. */
  boolean beginsWithTheLog() {
    return beginsWithTheLog;
  }

  /** From now on entries are sent as they come; those that came meanwhile are read at once. */
  CaughtUp catchUp() {
    state = State.LEVEL;
    var tops = new ArrayList<CaughtUp.Top>(rooms.size());
    for (RoomPosition position : rooms.values()) {
      if (position.isKnown()) {
        tops.add(new CaughtUp.Top(position.room(), position.target()));
        fallBehind(position);
      }
    }
    return new CaughtUp(tops);
  }
}
