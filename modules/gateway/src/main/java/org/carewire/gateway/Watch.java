package org.carewire.gateway;

import org.carewire.protocol.PresenceState;
import org.jspecify.annotations.Nullable;

/**
 * A session's watch of one user. It tells nothing until presence has answered that it may be. Where
 * the right to it is doubted another one takes its place, so that answers to what was asked before
 * count for nothing.
 */
final class Watch {
  private final Session session;
  private final Watched watched;
  private int asking;
  private boolean allowed;
  private boolean over;

  /** What the session was told last, where others have been told something else since. */
  private @Nullable PresenceState last;

  Watch(Session session, Watched watched) {
    this.session = session;
    this.watched = watched;
  }

  /** The watch that takes the place of this one, and may not be told of anything yet. */
  Watch doubted() {
    var other = new Watch(session, watched);
    other.last = allowed && last == null ? watched.told() : last;
    return other;
  }

  Session session() {
    return session;
  }

  Watched watched() {
    return watched;
  }

  /** Whether a request for it is under way. */
  boolean isAsking() {
    return asking > 0;
  }

  void beginAsking() {
    asking++;
  }

  void endAsking() {
    asking--;
  }

  boolean isAllowed() {
    return allowed;
  }

  void allow() {
    allowed = true;
  }

  boolean isOver() {
    return over;
  }

  void end() {
    over = true;
  }

  /** Whether the session is to be told what all others are. */
  boolean isLevel() {
    return allowed && last == null;
  }

  @Nullable PresenceState last() {
    return last;
  }

  /** The session has missed what came after this. */
  void missedAfter(PresenceState state) {
    last = state;
  }

  /** The session has been told what all others have. */
  void level() {
    last = null;
  }
}
