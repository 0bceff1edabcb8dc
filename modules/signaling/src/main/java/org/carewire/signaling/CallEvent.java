package org.carewire.signaling;

import java.util.Set;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** What happens to a call. */
sealed interface CallEvent {

  /** As the call's history names it. */
  default String what() {
    return switch (this) {
      case Accept _ -> "accept";
      case Join _ -> "join";
      case Reject _ -> "reject";
      case Leave _ -> "leave";
      case End _ -> "end";
      case SetMedia _ -> "update";
      case Lose _ -> "lose";
      case Hold _ -> "hold";
      case LoseNode _ -> "loseNode";
      case Signalled _ -> "signal";
      case Tick _ -> "deadline";
      case CheckMembers _ -> "members";
      case CancelVisit _ -> "visitCancelled";
    };
  }

  /** What a user does. */
  sealed interface ByUser extends CallEvent {
    UserId user();
  }

  record Accept(UserId user, Seat seat) implements ByUser {}

  record Join(UserId user, Seat seat) implements ByUser {}

  /**
   * Does not want to answer.
   *
   * @param reason in the user's words; health data, so it does not print itself
   */
  record Reject(UserId user, SocketId socket, @Nullable String reason) implements ByUser {
    @Override
    public String toString() {
      return "Reject[" + user + "]";
    }
  }

  record Leave(UserId user, SocketId socket) implements ByUser {}

  /** For everyone. */
  record End(UserId user, SocketId socket) implements ByUser {}

  /** What is absent stays as it was. */
  record SetMedia(
      UserId user,
      SocketId socket,
      @Nullable Boolean audio,
      @Nullable Boolean video,
      @Nullable Boolean screen)
      implements ByUser {}

  /** A session is gone. */
  record Lose(UserId user, SocketId socket) implements ByUser {}

  /** A session is there all the same. */
  record Hold(UserId user, Seat seat) implements ByUser {}

  /** A node is gone, and all sessions that it held. */
  record LoseNode(String node) implements CallEvent {}

  /** Two who are in have exchanged a signal. */
  record Signalled() implements CallEvent {}

  /** A deadline may have come. */
  record Tick() implements CallEvent {}

  /** From now on only these may be in, and guests. */
  record CheckMembers(Set<UserId> members) implements CallEvent {}

  record CancelVisit() implements CallEvent {}
}
