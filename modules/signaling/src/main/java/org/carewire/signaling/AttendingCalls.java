package org.carewire.signaling;

import static java.util.Objects.requireNonNull;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import org.carewire.protocol.AcceptCall;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallJoined;
import org.carewire.protocol.CallOver;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.EndCall;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.HoldCall;
import org.carewire.protocol.JoinCall;
import org.carewire.protocol.LeaveCall;
import org.carewire.protocol.LoseCallSession;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RejectCall;
import org.carewire.protocol.SetCallMedia;
import org.carewire.protocol.SocketId;

/** What participants do in a call, and what becomes of their sessions. */
final class AttendingCalls {
  private final Pool pool;
  private final Calls calls;
  private final TellingEffects effects;
  private final CallReplies replies;

  AttendingCalls(Pool pool, Calls calls, TellingEffects effects, CallReplies replies) {
    this.pool = pool;
    this.effects = effects;
    this.calls = calls;
    this.replies = replies;
  }

  Future<CallJoined> accept(Caller caller, AcceptCall command) {
    Seat seat = Seat.of(caller, requireNonNull(command.gateway()));
    return apply(caller, command.callId(), new CallEvent.Accept(caller.user(), seat))
        .map(call -> replies.accepted(call, caller));
  }

  Future<CallJoined> join(Caller caller, JoinCall command) {
    Seat seat = Seat.of(caller, requireNonNull(command.gateway()));
    return apply(caller, command.callId(), new CallEvent.Join(caller.user(), seat))
        .map(call -> replies.joined(call, caller));
  }

  Future<CallOver> reject(Caller caller, RejectCall command) {
    var reject = new CallEvent.Reject(caller.user(), socket(caller), command.reason());
    return apply(caller, command.callId(), reject).map(replies::rejected);
  }

  Future<CallJoined> leave(Caller caller, LeaveCall command) {
    return apply(caller, command.callId(), new CallEvent.Leave(caller.user(), socket(caller)))
        .map(replies::left);
  }

  Future<CallOver> end(Caller caller, EndCall command) {
    return apply(caller, command.callId(), new CallEvent.End(caller.user(), socket(caller)))
        .map(replies::ended);
  }

  Future<Done> setMedia(Caller caller, SetCallMedia command) {
    var media =
        new CallEvent.SetMedia(
            caller.user(), socket(caller), command.audio(), command.video(), command.screen());
    return apply(caller, command.callId(), media).map(Done.DONE);
  }

  /** Also where the session has come into another call than it knows of, as its reply was lost. */
  Future<Done> lose(Caller caller, LoseCallSession command) {
    SocketId socket = socket(caller);
    var lose = new CallEvent.Lose(caller.user(), socket);
    return apply(caller, command.callId(), lose)
        .map(call -> isIn(call, caller))
        .recover(
            failure ->
                failure instanceof Refusal refusal && refusal.code() == ErrorCode.NOT_FOUND
                    ? Future.succeededFuture(false)
                    : Future.failedFuture(failure))
        .compose(
            wasIn ->
                wasIn
                    ? Future.succeededFuture()
                    : CallStore.liveOf(pool, caller.tenant(), caller.user())
                        .compose(
                            live ->
                                live != null && isIn(live, caller)
                                    ? apply(caller, live.id(), lose)
                                    : Future.succeededFuture()))
        .map(Done.DONE);
  }

  private static boolean isIn(Call call, Caller caller) {
    return call.party(caller.user())
        .map(Party::seat)
        .filter(seat -> seat.socket().equals(caller.socket()))
        .isPresent();
  }

  /** And tells it what it may have missed. */
  Future<Done> hold(Caller caller, HoldCall command) {
    Seat seat = Seat.of(caller, command.gateway());
    return apply(caller, command.callId(), new CallEvent.Hold(caller.user(), seat))
        .recover(
            failure ->
                calls
                    .find(caller.tenant(), command.callId())
                    .onSuccess(call -> effects.tellMissed(call, caller.user(), seat.socket()))
                    .transform(_ -> Future.failedFuture(failure)))
        .onSuccess(call -> effects.tellMissed(call, caller.user(), seat.socket()))
        .map(Done.DONE);
  }

  private Future<Call> apply(Caller caller, CallId id, CallEvent event) {
    return calls.apply(caller.tenant(), id, event);
  }

  private static SocketId socket(Caller caller) {
    return requireNonNull(caller.socket());
  }
}
