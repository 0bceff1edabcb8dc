package org.carewire.signaling;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.carewire.platform.Delivery;
import org.carewire.protocol.CallEndReason;
import org.carewire.protocol.CallNotice;
import org.carewire.protocol.CallStatus;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.ParticipantState;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** What events make of a call: pure functions of it, the event and the time. */
final class CallMachine {
  private final Duration rejoinTimeout;

  /**
   * The rules.
   *
   * @param rejoinTimeout how long who has lost the connection has to come back
   */
  CallMachine(Duration rejoinTimeout) {
    this.rejoinTimeout = rejoinTimeout;
  }

  /** Begins a call: rings whoever is not busy. */
  Transition.Changed begin(Call call, Instant now) {
    var change = new CallChange(call, now);
    var ringing = call.parties().stream().filter(Party::ringing).map(Party::user).toList();
    if (!ringing.isEmpty()) {
      change.add(incomingTo(ringing, call));
    }
    for (Party party : call.parties()) {
      if (party.ringing()) {
        change.tellCaller(new CallNotice.Ringing(call.id(), party.user()));
      } else if (party.state() == ParticipantState.INVITED) {
        change.tellCaller(new CallNotice.Busy(call.id(), party.user()));
      }
    }
    change.settle(CallEndReason.BUSY, null);
    return change.begun();
  }

  /** That they are called, which each session is told once, however often it is told. */
  static Effect.Tell incomingTo(List<UserId> users, Call call) {
    return Effect.Tell.all(users, incoming(call)).numbered(Delivery.OfCall.INCOMING);
  }

  static CallNotice.Incoming incoming(Call call) {
    return new CallNotice.Incoming(
        call.id(),
        call.caller(),
        call.callerRole(),
        call.visit(),
        call.type(),
        call.participants(),
        call.createdAt(),
        call.ringsUntil(),
        call.metadata());
  }

  Transition apply(Call call, CallEvent event, Instant now) {
    if (event instanceof CallEvent.ByUser byUser && call.party(byUser.user()).isEmpty()) {
      return denied(event);
    }
    return switch (call.state()) {
      case CallState.Ringing _, CallState.Active _ -> whileLive(call, event, now);
      case CallState.Over _ -> afterwards(call, event, now);
    };
  }

  private Transition whileLive(Call call, CallEvent event, Instant now) {
    var change = new CallChange(call, now);
    return switch (event) {
      case CallEvent.Accept accept -> accept(change, accept, now);
      case CallEvent.Join join -> join(change, join);
      case CallEvent.Reject reject -> reject(change, reject, now);
      case CallEvent.Leave leave -> leave(change, leave, now);
      case CallEvent.End end -> end(change, end, now);
      case CallEvent.SetMedia media -> setMedia(change, media);
      case CallEvent.Lose lose -> {
        loseIf(change, seat -> seat.socket().equals(lose.socket()), now);
        yield change.done();
      }
      case CallEvent.LoseNode gone -> {
        loseIf(change, seat -> seat.gateway().node().equals(gone.node()), now);
        yield change.done();
      }
      case CallEvent.Hold hold -> hold(change, hold);
      case CallEvent.Signalled _ -> signalled(change);
      case CallEvent.Tick _ -> tick(change, now);
      case CallEvent.CheckMembers check -> checkMembers(change, check, now);
      case CallEvent.CancelVisit _ -> {
        change.end(
            call.state() instanceof CallState.Ringing ? CallStatus.FAILED : CallStatus.ENDED,
            CallEndReason.VISIT_CANCELLED,
            null);
        yield change.done();
      }
    };
  }

  private static Transition afterwards(Call call, CallEvent event, Instant now) {
    return switch (event) {
      case CallEvent.Accept _,
          CallEvent.Join _,
          CallEvent.Reject _,
          CallEvent.Leave _,
          CallEvent.End _,
          CallEvent.SetMedia _,
          CallEvent.Hold _ ->
          wrongState(call, event, now);
      case CallEvent.Lose _,
          CallEvent.LoseNode _,
          CallEvent.Signalled _,
          CallEvent.Tick _,
          CallEvent.CheckMembers _,
          CallEvent.CancelVisit _ ->
          new Transition.Unchanged();
    };
  }

  private static Transition accept(CallChange change, CallEvent.Accept accept, Instant now) {
    Call call = change.call();
    Party party = party(call, accept);
    if (party.user().equals(call.caller()) || party.right() == Party.Right.NONE) {
      return denied(accept);
    }
    return switch (party.state()) {
      case RINGING -> {
        change.comesIn(party, accept.seat());
        yield change.done();
      }
      case JOINED ->
          again(change, party, accept.seat()) ? change.done() : wrongState(call, accept, now);
      case INVITED, LEFT, DECLINED, MISSED -> wrongState(call, accept, now);
    };
  }

  private static Transition join(CallChange change, CallEvent.Join join) {
    Party party = party(change.call(), join);
    if (party.right() == Party.Right.NONE) {
      return denied(join);
    }
    if (!party.joined()) {
      change.comesIn(party, join.seat());
      return change.done();
    }
    return again(change, party, join.seat())
        ? change.done()
        : new Transition.Refused(ErrorCode.WRONG_STATE, "You are in this call on another device");
  }

  /** Who is in says so again, perhaps with a new session; answers whether it may. */
  private static boolean again(CallChange change, Party party, Seat seat) {
    Seat before = party.seat();
    boolean same = before != null && before.socket().equals(seat.socket());
    if (same && !party.away()) {
      return true;
    }
    if (same || party.away() || (before != null && seat.returnsAs(before))) {
      change.comesBack(party, seat);
      return true;
    }
    return false;
  }

  private static Transition reject(CallChange change, CallEvent.Reject reject, Instant now) {
    Call call = change.call();
    Party party = party(call, reject);
    if (party.user().equals(call.caller())) {
      return denied(reject);
    }
    return switch (party.state()) {
      case RINGING -> declined(change, party, reject, now);
      case DECLINED -> new Transition.Unchanged();
      case INVITED, JOINED, LEFT, MISSED -> wrongState(call, reject, now);
    };
  }

  private static Transition declined(
      CallChange change, Party party, CallEvent.Reject reject, Instant now) {
    var id = change.call().id();
    change.goes(party, ParticipantState.DECLINED, CallEndReason.DECLINED);
    change.tellCaller(new CallNotice.Rejected(id, party.user(), reject.reason(), now));
    change.add(
        Effect.Tell.allBut(
            reject.socket(), party.user(), new CallNotice.AnsweredElsewhere(id, reject.socket())));
    change.settle(CallEndReason.DECLINED, null);
    return change.done();
  }

  private static Transition leave(CallChange change, CallEvent.Leave leave, Instant now) {
    Call call = change.call();
    Party party = party(call, leave);
    return switch (party.state()) {
      case RINGING ->
          declined(change, party, new CallEvent.Reject(leave.user(), leave.socket(), null), now);
      case JOINED -> {
        if (!holds(party, leave.socket()) && !party.away()) {
          yield notIn();
        }
        if (call.state() instanceof CallState.Ringing) {
          change.end(CallStatus.ENDED, CallEndReason.CANCELLED, leave.user());
        } else {
          change.goes(party, ParticipantState.LEFT, CallEndReason.LEFT);
          change.settle(CallEndReason.LEFT, leave.user());
        }
        yield change.done();
      }
      case INVITED, LEFT, DECLINED, MISSED -> new Transition.Unchanged();
    };
  }

  private static Transition end(CallChange change, CallEvent.End end, Instant now) {
    Call call = change.call();
    Party party = party(call, end);
    return switch (party.state()) {
      case RINGING ->
          declined(change, party, new CallEvent.Reject(end.user(), end.socket(), null), now);
      case JOINED -> {
        change.end(
            CallStatus.ENDED,
            call.state() instanceof CallState.Ringing
                ? CallEndReason.CANCELLED
                : CallEndReason.HANGUP,
            end.user());
        yield change.done();
      }
      case INVITED, LEFT, DECLINED, MISSED -> notIn();
    };
  }

  private static Transition setMedia(CallChange change, CallEvent.SetMedia media) {
    Call call = change.call();
    Party party = party(call, media);
    if (!holds(party, media.socket())) {
      return notIn();
    }
    Party sending =
        party.sending(
            or(media.audio(), party.audio()),
            or(media.video(), party.video()),
            or(media.screen(), party.screen()));
    if (!sending.equals(party)) {
      change.set(party.user(), sending);
      change.tellOthers(
          party.user(),
          new CallNotice.Media(
              call.id(), party.user(), sending.audio(), sending.video(), sending.screen()));
    }
    return change.done();
  }

  private static boolean or(@Nullable Boolean given, boolean otherwise) {
    return given == null ? otherwise : given;
  }

  private void loseIf(CallChange change, Predicate<Seat> isGone, Instant now) {
    for (Party party : change.call().joined().toList()) {
      Seat seat = party.seat();
      if (seat != null && isGone.test(seat) && !party.away()) {
        change.set(party.user(), party.lost(now.plus(rejoinTimeout)));
      }
    }
  }

  private static Transition hold(CallChange change, CallEvent.Hold hold) {
    Party party = party(change.call(), hold);
    if (!holds(party, hold.seat().socket())) {
      return notIn();
    }
    change.set(party.user(), party.in(hold.seat()));
    return change.done();
  }

  private static Transition signalled(CallChange change) {
    if (change.call().state() instanceof CallState.Active active) {
      change.set(new CallState.Active(active.acceptedAt(), true));
    }
    return change.done();
  }

  /** One deadline after the other, as if each had been kept: the first may end the call. */
  private static Transition tick(CallChange change, Instant now) {
    for (Instant due = change.call().dueAt().orElse(Instant.MAX);
        !now.isBefore(due);
        due = change.call().dueAt().orElse(Instant.MAX)) {
      pass(change, due, now);
    }
    return change.done();
  }

  private static void pass(CallChange change, Instant due, Instant now) {
    Call call = change.call();
    if (due.equals(call.ringsUntil()) && call.parties().stream().anyMatch(Party::ringing)) {
      call.parties().stream().filter(Party::ringing).forEach(party -> missed(change, party, now));
      change.settle(CallEndReason.NO_ANSWER, null);
      return;
    }
    call.parties().stream()
        .filter(party -> due.equals(party.rejoinBy()))
        .forEach(party -> change.goes(party, ParticipantState.LEFT, CallEndReason.CONNECTION_LOST));
    change.settle(CallEndReason.CONNECTION_LOST, null);
  }

  private static void missed(CallChange change, Party party, Instant now) {
    Call call = change.call();
    var missed = new CallNotice.Missed(call.id(), call.caller(), party.user(), now);
    change.goes(party, ParticipantState.MISSED, CallEndReason.NO_ANSWER);
    change.tellCaller(missed);
    change.add(Effect.Tell.all(List.of(party.user()), missed));
  }

  private static Transition checkMembers(
      CallChange change, CallEvent.CheckMembers check, Instant now) {
    Call call = change.call();
    for (Party party : call.parties()) {
      if (party.right() == Party.Right.GUEST) {
        continue;
      }
      if (check.members().contains(party.user())) {
        change.set(party.user(), party.with(Party.Right.MEMBER));
      } else {
        removed(change, party, now);
      }
    }
    change.settle(CallEndReason.REMOVED, null);
    return change.done();
  }

  private static void removed(CallChange change, Party party, Instant now) {
    Call call = change.call();
    if (party.state().isLive()) {
      change.goes(party, ParticipantState.LEFT, CallEndReason.REMOVED);
      change.add(
          Effect.Tell.all(
              List.of(party.user()),
              new CallNotice.Ended(
                  call.id(), null, CallEndReason.REMOVED, call.duration(now), now)));
    }
    UserId user = party.user();
    change.set(user, change.call().party(user).orElseThrow().with(Party.Right.NONE));
  }

  private static Party party(Call call, CallEvent.ByUser event) {
    return call.party(event.user()).orElseThrow();
  }

  /** Whether the user is in by that session. */
  private static boolean holds(Party party, SocketId socket) {
    return party.seat() != null && party.seat().socket().equals(socket);
  }

  private static Transition denied(CallEvent event) {
    return new Transition.Refused(
        ErrorCode.ACCESS_DENIED, "Not authorized to " + event.what() + " this call");
  }

  private static Transition wrongState(Call call, CallEvent event, Instant now) {
    return new Transition.Refused(
        ErrorCode.WRONG_STATE,
        "Cannot %s call in %s state".formatted(event.what(), call.status(now).wireName()));
  }

  private static Transition notIn() {
    return new Transition.Refused(
        ErrorCode.WRONG_STATE, "You are not in this call with this session, join it first");
  }
}
