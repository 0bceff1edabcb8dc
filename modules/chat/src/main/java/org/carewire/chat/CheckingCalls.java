package org.carewire.chat;

import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.carewire.platform.Bus;
import org.carewire.protocol.Caller;
import org.carewire.protocol.CheckCallMembers;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.SignalingEndpoints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the signaling service take out of calls who may not be in them any more. */
final class CheckingCalls {
  private static final Logger log = LoggerFactory.getLogger(CheckingCalls.class);
  private static final long RETRY_MS = 1_000;
  private static final Duration FOR = Duration.ofSeconds(30);

  private final Vertx vertx;
  private final Bus bus;
  private final Clock clock;

  CheckingCalls(Vertx vertx, Bus bus, Clock clock) {
    this.vertx = vertx;
    this.bus = bus;
    this.clock = clock;
  }

  /**
   * Has it done soon; nobody waits for it. Whatever is checked twice or late is judged by what
   * holds then.
   *
   * @param caller who has changed the members
   */
  void check(Caller caller, CheckCallMembers rooms) {
    attempt(caller, rooms, clock.instant().plus(FOR));
  }

  private void attempt(Caller caller, CheckCallMembers rooms, Instant until) {
    bus.request(SignalingEndpoints.CHECK_MEMBERS, caller, rooms)
        .onFailure(
            failure -> {
              if (mayPass(failure) && clock.instant().isBefore(until)) {
                vertx.setTimer(RETRY_MS, _ -> attempt(caller, rooms, until));
              } else {
                log.atWarn()
                    .addKeyValue("cause", failure.getClass().getSimpleName())
                    .log("access.callsNotChecked");
              }
            });
  }

  private static boolean mayPass(Throwable failure) {
    return failure instanceof Refusal refusal && refusal.code() == ErrorCode.UNAVAILABLE;
  }
}
