package org.carewire.signaling;

import java.util.Set;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** What happens to a call. */
sealed interface CallEvent {

  /** As the call's history names it. */
  String what();

  /** What a user does. */
  sealed interface ByUser extends CallEvent {
    UserId user();
  }

  record Accept(UserId user, Seat seat) implements ByUser {
    @Override
    public String what() {
      return "accept";
    }
  }

  record Join(UserId user, Seat seat) implements ByUser {
    @Override
    public String what() {
      return "join";
    }
  }

  /**
   * Does not want to answer.
   *
   * @param reason in the user's words; health data, so it does not print itself
   */
  record Reject(UserId user, SocketId socket, @Nullable String reason) implements ByUser {
    @Override
    public String what() {
      return "reject";
    }

    @Override
    public String toString() {
      return "Reject[" + user + "]";
    }
  }

  record Leave(UserId user, SocketId socket) implements ByUser {
    @Override
    public String what() {
      return "leave";
    }
  }

  /** For everyone. */
  record End(UserId user, SocketId socket) implements ByUser {
    @Override
    public String what() {
      return "end";
    }
  }

  /** What is absent stays as it was. */
  record SetMedia(
      UserId user,
      SocketId socket,
      @Nullable Boolean audio,
      @Nullable Boolean video,
      @Nullable Boolean screen)
      implements ByUser {
    @Override
    public String what() {
      return "update";
    }
  }

  /** A session is gone. */
  record Lose(UserId user, SocketId socket) implements ByUser {
    @Override
    public String what() {
      return "lose";
    }
  }

  /** A session is there all the same. */
  record Hold(UserId user, Seat seat) implements ByUser {
    @Override
    public String what() {
      return "hold";
    }
  }

  /** A node is gone, and all sessions that it held. */
  record LoseNode(String node) implements CallEvent {
    @Override
    public String what() {
      return "loseNode";
    }
  }

  /** Two who are in have exchanged a signal. */
  record Signalled() implements CallEvent {
    @Override
    public String what() {
      return "signal";
    }
  }

  /** A deadline may have come. */
  record Tick() implements CallEvent {
    @Override
    public String what() {
      return "deadline";
    }
  }

  /** From now on only these may be in, and guests. */
  record CheckMembers(Set<UserId> members) implements CallEvent {
    @Override
    public String what() {
      return "members";
    }
  }

  record CancelVisit() implements CallEvent {
    @Override
    public String what() {
      return "visitCancelled";
    }
  }
}
