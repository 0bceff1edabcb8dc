package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.carewire.platform.Bus;
import org.carewire.platform.Platform;
import org.carewire.protocol.CallId;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.LoseCallSession;
import org.carewire.protocol.SignalingEndpoints;

/**
 * Tells the signaling service of sessions that have ended, so that no call waits for them; again
 * and again until it has heard it. Where this node dies before, the others know by that.
 */
final class LosingCalls {
  private static final int TOLD_AT_ONCE = 50;

  /** What was asked before is done by then, or never. */
  private static final long SETTLED_MS = 15_000;

  /**
   * A session's end.
   *
   * @param caller names the session
   */
  private record Lost(Caller caller, CallId call) {}

  private final Vertx vertx;
  private final Bus bus;
  private final AskingInTurn<Lost> again;

  LosingCalls(Platform platform) {
    this.vertx = platform.vertx();
    this.bus = platform.bus();
    this.again = new AskingInTurn<>(vertx, TOLD_AT_ONCE, _ -> false, this::tell);
  }

  /**
   * The caller's session has ended.
   *
   * @return done after the first attempt
   */
  Future<Done> lose(Caller caller, SessionCalls.Seat seat) {
    var lost = new Lost(caller, seat.call());
    if (!seat.certain()) {
      // It may come into the call only now, as its request is still under way.
      vertx.setTimer(SETTLED_MS, _ -> again.ask(lost));
    }
    return tell(lost)
        .onFailure(
            failure -> {
              if (AskingInTurn.isUnavailable(failure)) {
                again.askAgain(lost);
              }
            });
  }

  private Future<Done> tell(Lost lost) {
    return bus.request(
        SignalingEndpoints.LOSE_SESSION, lost.caller(), new LoseCallSession(lost.call()));
  }
}
