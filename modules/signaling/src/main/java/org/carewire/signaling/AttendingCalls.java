package org.carewire.signaling;

import static java.util.Objects.requireNonNull;

import io.vertx.core.Future;
import org.carewire.protocol.AcceptCall;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallJoined;
import org.carewire.protocol.CallOver;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.EndCall;
import org.carewire.protocol.HoldCall;
import org.carewire.protocol.JoinCall;
import org.carewire.protocol.LeaveCall;
import org.carewire.protocol.LoseCallSession;
import org.carewire.protocol.RejectCall;
import org.carewire.protocol.SetCallMedia;
import org.carewire.protocol.SocketId;

/** What participants do in a call, and what becomes of their sessions. */
final class AttendingCalls {
  private final Calls calls;
  private final CallReplies replies;

  AttendingCalls(Calls calls, CallReplies replies) {
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

  Future<Done> lose(Caller caller, LoseCallSession command) {
    return apply(caller, command.callId(), new CallEvent.Lose(caller.user(), socket(caller)))
        .map(Done.DONE);
  }

  Future<Done> hold(Caller caller, HoldCall command) {
    Seat seat = Seat.of(caller, command.gateway());
    return apply(caller, command.callId(), new CallEvent.Hold(caller.user(), seat)).map(Done.DONE);
  }

  private Future<Call> apply(Caller caller, CallId id, CallEvent event) {
    return calls.apply(caller.tenant(), id, event);
  }

  private static SocketId socket(Caller caller) {
    return requireNonNull(caller.socket());
  }
}
