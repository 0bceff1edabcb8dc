package org.carewire.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.carewire.gateway.OutgoingSignals.Outgoing;
import org.carewire.platform.Bus;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.SignalCall;
import org.carewire.protocol.SignalDelivered;
import org.carewire.protocol.SignalingEndpoints;
import org.jspecify.annotations.Nullable;

/**
 * {@code call:signal}: passes the signals of a session on, to each recipient one after the other,
 * and again where it is not known whether one arrived.
 */
final class PassingSignals {
  private static final long PAUSE_MS = 200;

  /** With the last attempt it takes about 5 s until a signal is refused. */
  private static final Duration REPEATED_FOR = Duration.ofSeconds(4);

  private enum Outcome {
    DELIVERED("delivered"),
    NOT_CONNECTED("notConnected"),
    REFUSED("refused"),
    TIMED_OUT("timedOut");

    private final String tag;

    Outcome(String tag) {
      this.tag = tag;
    }
  }

  private final Vertx vertx;
  private final Bus bus;
  private final Clock clock;
  private final MeterRegistry metrics;

  PassingSignals(Platform platform) {
    this.vertx = platform.vertx();
    this.bus = platform.bus();
    this.clock = platform.clock();
    this.metrics = platform.metrics();
  }

  /**
   * Passes a signal on.
   *
   * @return done when the recipient's session has been sent it
   */
  Future<Done> pass(Session session, Caller caller, SignalCall signal) {
    OutgoingSignals outgoing = session.beginCalls().outgoing();
    if (outgoing.isFull()) {
      count(Outcome.REFUSED);
      throw Refusal.unavailable("Too many signals wait for their recipients, try again");
    }
    var next =
        new Outgoing(
            signal.numbered(outgoing.nextNumber()),
            clock.instant().plus(REPEATED_FOR),
            Promise.promise());
    if (outgoing.add(next)) {
      attempt(session, caller, next);
    }
    return next.answer().future();
  }

  private void attempt(Session session, Caller caller, Outgoing outgoing) {
    bus.request(SignalingEndpoints.SIGNAL_CALL, caller, outgoing.signal())
        .onComplete(attempted -> settle(session, caller, outgoing, attempted));
  }

  private void settle(
      Session session, Caller caller, Outgoing outgoing, AsyncResult<SignalDelivered> attempted) {
    if (attempted.failed()) {
      if (!AskingInTurn.isUnavailable(attempted.cause())) {
        refuse(outgoing, Outcome.REFUSED, attempted.cause());
      } else if (mayTry(session, outgoing)) {
        vertx.setTimer(PAUSE_MS, _ -> attempt(session, caller, outgoing));
        return;
      } else {
        refuse(outgoing, Outcome.TIMED_OUT, attempted.cause());
      }
    } else if (attempted.result().here()) {
      count(Outcome.DELIVERED);
      outgoing.answer().complete(Done.DONE);
    } else {
      refuse(
          outgoing,
          Outcome.NOT_CONNECTED,
          Refusal.unavailable("The recipient is not connected at the moment, try again"));
    }
    goOn(session, caller, outgoing);
  }

  private void goOn(Session session, Caller caller, Outgoing done) {
    OutgoingSignals outgoing = session.beginCalls().outgoing();
    @Nullable Outgoing next = outgoing.next(done);
    while (next != null && !mayTry(session, next)) {
      refuse(next, Outcome.TIMED_OUT, Refusal.unavailable("The signal waited too long, try again"));
      next = outgoing.next(next);
    }
    if (next != null) {
      attempt(session, caller, next);
    }
  }

  /** Nobody waits for the answer to a session that has ended. */
  private boolean mayTry(Session session, Outgoing outgoing) {
    Instant now = clock.instant();
    return session.isOpen() && now.isBefore(outgoing.repeatedUntil());
  }

  private void refuse(Outgoing outgoing, Outcome outcome, Throwable refusal) {
    count(outcome);
    outgoing.answer().fail(refusal);
  }

  private void count(Outcome outcome) {
    metrics.counter("carewire.calls.signals", "outcome", outcome.tag).increment();
  }
}
