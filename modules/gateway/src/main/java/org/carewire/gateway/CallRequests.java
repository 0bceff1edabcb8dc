package org.carewire.gateway;

import io.vertx.core.Future;
import org.carewire.platform.Bus;
import org.carewire.platform.Platform;
import org.carewire.protocol.AcceptCall;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallInitiated;
import org.carewire.protocol.CallJoined;
import org.carewire.protocol.CallOver;
import org.carewire.protocol.CallStatus;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Command;
import org.carewire.protocol.Done;
import org.carewire.protocol.EndCall;
import org.carewire.protocol.Endpoint;
import org.carewire.protocol.GatewayAddress;
import org.carewire.protocol.InitiateCall;
import org.carewire.protocol.JoinCall;
import org.carewire.protocol.LeaveCall;
import org.carewire.protocol.SignalCall;
import org.carewire.protocol.SignalingEndpoints;

/** How sessions come into calls, and are out again. */
final class CallRequests {
  private final Bus bus;
  private final GatewayAddress address;
  private final PassingSignals signals;
  private final FindingRinging ringing;
  private final LosingCalls losing;
  private final HoldingCalls holding;

  /**
   * Of one gateway instance.
   *
   * @param address of the instance, by which its sessions are found
   */
  CallRequests(Platform platform, Sessions sessions, CallNotices notices, GatewayAddress address) {
    this.bus = platform.bus();
    this.address = address;
    this.signals = new PassingSignals(platform);
    this.ringing = new FindingRinging(platform, notices);
    this.losing = new LosingCalls(platform);
    this.holding = new HoldingCalls(platform, sessions, address);
  }

  Future<CallInitiated> initiate(Session session, Caller caller, InitiateCall initiate) {
    return comeIn(
            session,
            caller,
            SignalingEndpoints.INITIATE_CALL,
            initiate.callId(),
            initiate.at(address))
        .onSuccess(
            initiated -> {
              // Where all are busy it is over.
              if (initiated.status() != CallStatus.REJECTED) {
                sits(session, caller, initiated.callId());
              }
            });
  }

  Future<CallJoined> accept(Session session, Caller caller, AcceptCall accept) {
    return comeIn(
            session, caller, SignalingEndpoints.ACCEPT_CALL, accept.callId(), accept.at(address))
        .onSuccess(joined -> sits(session, caller, joined.callId()));
  }

  Future<CallJoined> join(Session session, Caller caller, JoinCall join) {
    return comeIn(session, caller, SignalingEndpoints.JOIN_CALL, join.callId(), join.at(address))
        .onSuccess(joined -> sits(session, caller, joined.callId()));
  }

  private <C extends Command, R> Future<R> comeIn(
      Session session, Caller caller, Endpoint<C, R> endpoint, CallId call, C command) {
    return bus.request(endpoint, caller, command)
        .onFailure(
            failure -> {
              if (AskingInTurn.isUnavailable(failure)) {
                // It may be done all the same.
                maySit(session, caller, call);
              }
            });
  }

  private void sits(Session session, Caller caller, CallId call) {
    if (session.isOpen()) {
      session.beginCalls().sits(call);
    } else {
      losing.lose(caller, new SessionCalls.Seat(call, true));
    }
  }

  private void maySit(Session session, Caller caller, CallId call) {
    if (session.isOpen()) {
      session.beginCalls().maySit(call);
    } else {
      losing.lose(caller, new SessionCalls.Seat(call, false));
    }
  }

  Future<CallJoined> leave(Session session, Caller caller, LeaveCall leave) {
    return bus.request(SignalingEndpoints.LEAVE_CALL, caller, leave)
        .onSuccess(_ -> session.beginCalls().stands(leave.callId()));
  }

  Future<CallOver> end(Session session, Caller caller, EndCall end) {
    return bus.request(SignalingEndpoints.END_CALL, caller, end)
        .onSuccess(_ -> session.beginCalls().stands(end.callId()));
  }

  Future<Done> signal(Session session, Caller caller, SignalCall signal) {
    return signals.pass(session, caller, signal);
  }

  /** The client has been told that it is connected. */
  void connected(Session session, Caller caller) {
    ringing.connected(session, caller);
  }

  /** What is known of this node may be wrong elsewhere. */
  void doubt() {
    holding.doubt();
  }

  /** The connection is gone; done when the service has been told once. */
  Future<?> ended(Session session, Caller caller) {
    SessionCalls calls = session.calls();
    return calls == null
        ? Future.succeededFuture()
        : Future.join(calls.seats().stream().map(seat -> losing.lose(caller, seat)).toList());
  }
}
