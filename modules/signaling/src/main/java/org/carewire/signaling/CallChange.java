package org.carewire.signaling;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.carewire.platform.Delivery;
import org.carewire.protocol.CallEndReason;
import org.carewire.protocol.CallNotice;
import org.carewire.protocol.CallStatus;
import org.carewire.protocol.NotifyMissedCall;
import org.carewire.protocol.ParticipantState;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** A call on its way to its next value, and what that brings about. */
final class CallChange {
  private final Call before;
  private final Instant now;
  private final List<Effect> effects = new ArrayList<>();
  private Call call;

  CallChange(Call before, Instant now) {
    this.before = before;
    this.now = now;
    this.call = before;
  }

  Call call() {
    return call;
  }

  void add(Effect effect) {
    effects.add(effect);
  }

  void tellCaller(CallNotice notice) {
    tell(call.parties().getFirst(), notice);
  }

  void tellOthers(UserId user, CallNotice notice) {
    call.joined().filter(party -> !party.user().equals(user)).forEach(party -> tell(party, notice));
  }

  private void tell(Party party, CallNotice notice) {
    Seat seat = party.seat();
    if (seat != null) {
      add(Effect.Tell.only(seat.socket(), party.user(), notice));
    }
  }

  /** Somebody is in with this session from now on. */
  void comesIn(Party party, Seat seat) {
    UserId user = party.user();
    call = call.with(user, was -> was.in(seat));
    boolean answers = party.ringing() || call.state() instanceof CallState.Ringing;
    if (call.state() instanceof CallState.Ringing) {
      call = call.with(new CallState.Active(now, false));
    }
    if (party.ringing()) {
      add(
          Effect.Tell.allBut(
              seat.socket(), user, new CallNotice.AnsweredElsewhere(call.id(), seat.socket())));
    }
    var joined = new CallNotice.ParticipantJoined(call.id(), user);
    for (Party other : call.joined().toList()) {
      if (other.user().equals(call.caller()) && answers) {
        add(accepted(call, other, user, now));
      } else if (!other.user().equals(user)) {
        tell(other, joined);
      }
    }
  }

  /** The caller, who is in, is told of somebody who has answered. */
  private static Effect.Tell accepted(Call call, Party caller, UserId user, Instant now) {
    return Effect.Tell.only(
            requireNonNull(caller.seat()).socket(),
            caller.user(),
            new CallNotice.Accepted(call.id(), user, now))
        .numbered(Delivery.OfCall.accepted(call.indexOf(user)));
  }

  /** Somebody who is in is back with another session. */
  void comesBack(Party party, Seat seat) {
    call = call.with(party.user(), was -> was.in(seat));
    if (call.state() instanceof CallState.Active) {
      // Where Redis was emptied meanwhile nobody else says so.
      add(new Effect.MarkInCall(party.user(), true));
    }
    tellOthers(party.user(), new CallNotice.ParticipantJoined(call.id(), party.user()));
  }

  /** Somebody who is being rung, or in, is no longer. */
  void goes(Party party, ParticipantState how, CallEndReason reason) {
    call = call.with(party.user(), was -> was.out(how));
    if (party.joined()) {
      tellOthers(party.user(), new CallNotice.ParticipantLeft(call.id(), party.user(), reason));
    }
  }

  void set(UserId user, Party party) {
    call = call.with(user, _ -> party);
  }

  void set(CallState state) {
    call = call.with(state);
  }

  /**
   * Ends the call where it cannot go on.
   *
   * @param reason why somebody has gone
   * @param by who went by itself
   */
  void settle(CallEndReason reason, @Nullable UserId by) {
    long in = call.joined().count();
    boolean rings = call.parties().stream().anyMatch(Party::ringing);
    switch (call.state()) {
      case CallState.Ringing _ -> {
        if (in == 0) {
          end(CallStatus.FAILED, reason, null);
        } else if (!rings) {
          endUnanswered(reason);
        }
      }
      case CallState.Active _ -> {
        if (in == 0 || (in == 1 && !rings)) {
          end(CallStatus.ENDED, reason, by);
        }
      }
      case CallState.Over _ -> {}
    }
  }

  private void endUnanswered(CallEndReason reason) {
    Set<ParticipantState> states =
        call.parties().stream().map(Party::state).collect(Collectors.toSet());
    if (states.contains(ParticipantState.MISSED)) {
      end(CallStatus.MISSED, CallEndReason.NO_ANSWER, null);
    } else if (states.contains(ParticipantState.DECLINED)) {
      end(CallStatus.REJECTED, CallEndReason.DECLINED, null);
    } else if (states.contains(ParticipantState.LEFT)) {
      end(CallStatus.FAILED, reason, null);
    } else {
      end(CallStatus.REJECTED, CallEndReason.BUSY, null);
    }
  }

  /**
   * Nothing changes the call any more.
   *
   * @param by who ended it; absent where no user did
   */
  void end(CallStatus status, CallEndReason reason, @Nullable UserId by) {
    Instant acceptedAt =
        call.state() instanceof CallState.Active active ? active.acceptedAt() : null;
    var over = new CallState.Over(status, reason, by, acceptedAt, now, List.of());
    boolean told =
        call.parties().size() == 2
            && (status == CallStatus.REJECTED || status == CallStatus.MISSED);
    List<UserId> concerned = call.live().map(Party::user).toList();
    if (!told && !concerned.isEmpty()) {
      add(
          Effect.Tell.all(
                  concerned, new CallNotice.Ended(call.id(), by, reason, over.duration(), now))
              .numbered(Delivery.OfCall.ENDED));
    }
    call = call.with(call.parties().stream().map(CallChange::atTheEnd).toList(), call.version());
    call = call.with(over);
    notifyMissed();
  }

  private void notifyMissed() {
    List<UserId> users =
        call.parties().stream()
            .filter(party -> party.state() == ParticipantState.MISSED)
            // Who may no longer know of the call is not reminded of it.
            .filter(party -> party.right() != Party.Right.NONE)
            .map(Party::user)
            .toList();
    if (!users.isEmpty()) {
      add(
          new Effect.NotifyMissed(
              new NotifyMissedCall(call.id(), call.caller(), call.visit(), call.type(), users)));
    }
  }

  private static Party atTheEnd(Party party) {
    return switch (party.state()) {
      case JOINED -> party.out(ParticipantState.LEFT);
      case RINGING -> party.out(ParticipantState.MISSED);
      case INVITED, LEFT, DECLINED, MISSED -> party;
    };
  }

  /** The call is new. */
  Transition.Changed begun() {
    return new Transition.Changed(
        call.with(call.parties(), before.version() + 1), List.copyOf(effects));
  }

  /**
   * What a session that is in, or was until the end, may not have been told as its node was out of
   * reach.
   */
  static List<Effect.Tell> missed(Call call, UserId user, SocketId socket) {
    return switch (call.state()) {
      case CallState.Ringing _ -> List.of();
      case CallState.Active active ->
          user.equals(call.caller())
              ? call.joined()
                  .filter(party -> !party.user().equals(user))
                  .map(
                      party ->
                          accepted(
                              call,
                              call.party(user).orElseThrow(),
                              party.user(),
                              active.acceptedAt()))
                  .toList()
              : List.of();
      case CallState.Over over ->
          over.status() == CallStatus.ENDED || over.status() == CallStatus.FAILED
              ? List.of(
                  Effect.Tell.only(
                          socket,
                          user,
                          new CallNotice.Ended(
                              call.id(),
                              over.endedBy(),
                              over.reason(),
                              over.duration(),
                              over.endedAt()))
                      .numbered(Delivery.OfCall.ENDED))
              : List.of();
    };
  }

  /** What has come of it. */
  Transition done() {
    if (call.equals(before)) {
      return new Transition.Unchanged();
    }
    Set<UserId> were = inCall(before);
    Set<UserId> are = inCall(call);
    are.stream()
        .filter(user -> !were.contains(user))
        .forEach(user -> add(new Effect.MarkInCall(user, true)));
    were.stream()
        .filter(user -> !are.contains(user))
        .forEach(user -> add(new Effect.MarkInCall(user, false)));
    return begun();
  }

  /** Whom others see in a call. */
  static Set<UserId> inCall(Call call) {
    return call.state() instanceof CallState.Active
        ? call.joined().map(Party::user).collect(Collectors.toSet())
        : Set.of();
  }
}
