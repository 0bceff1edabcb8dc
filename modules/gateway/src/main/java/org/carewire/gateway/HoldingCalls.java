package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.carewire.platform.Bus;
import org.carewire.platform.Platform;
import org.carewire.protocol.CallId;
import org.carewire.protocol.Caller;
import org.carewire.protocol.GatewayAddress;
import org.carewire.protocol.HoldCall;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.SignalingEndpoints;

/**
 * Says of the sessions of a gateway instance that are in calls that they live, where other nodes
 * may have taken this one for dead.
 */
final class HoldingCalls {
  private static final int TOLD_AT_ONCE = 50;
  private static final long PAUSE_MS = 2_000;

  private record Held(Session session, Caller caller, CallId call) {}

  private final Vertx vertx;
  private final Bus bus;
  private final Sessions sessions;
  private final GatewayAddress address;
  private final AskingInTurn<Held> inTurn;
  private boolean pausing;
  private boolean doubted;

  HoldingCalls(Platform platform, Sessions sessions, GatewayAddress address) {
    this.vertx = platform.vertx();
    this.bus = platform.bus();
    this.sessions = sessions;
    this.address = address;
    this.inTurn = new AskingInTurn<>(vertx, TOLD_AT_ONCE, HoldingCalls::isMoot, this::hold);
  }

  /** Nodes may not know of each other what is true; doubts that come soon after are one. */
  void doubt() {
    if (pausing) {
      doubted = true;
      return;
    }
    doubted = false;
    pausing = true;
    vertx.setTimer(
        PAUSE_MS,
        _ -> {
          pausing = false;
          if (doubted) {
            doubt();
          }
        });
    for (Session session : sessions.all()) {
      Caller caller = session.caller();
      SessionCalls calls = session.calls();
      if (caller != null && calls != null) {
        calls.seats().forEach(seat -> inTurn.ask(new Held(session, caller, seat.call())));
      }
    }
  }

  private static boolean isMoot(Held held) {
    SessionCalls calls = held.session().calls();
    return !held.session().isOpen() || calls == null || !calls.hasSeat(held.call());
  }

  private Future<?> hold(Held held) {
    return bus.request(
            SignalingEndpoints.HOLD_CALL, held.caller(), new HoldCall(held.call(), address))
        .onFailure(
            failure -> {
              if (isLost(failure)) {
                held.session().beginCalls().hasNone(held.call());
              }
            });
  }

  /** The service knows better. */
  private static boolean isLost(Throwable failure) {
    return failure instanceof Refusal refusal
        && switch (refusal.code()) {
          case WRONG_STATE, ACCESS_DENIED, NOT_FOUND -> true;
          default -> false;
        };
  }
}
