package org.carewire.chat;

import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.carewire.platform.Bus;
import org.carewire.protocol.Caller;
import org.carewire.protocol.CheckCallMembers;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SignalingEndpoints;
import org.carewire.protocol.TenantId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the signaling service take out of calls who may not be in them any more. */
final class CheckingCalls {
  private static final Logger log = LoggerFactory.getLogger(CheckingCalls.class);
  private static final long RETRY_MS = 1_000;
  private static final Duration FOR = Duration.ofSeconds(30);

  private record Rooms(TenantId tenant, Set<RoomId> rooms) {}

  private final Vertx vertx;
  private final Bus bus;
  private final Clock clock;

  /** What the service has not answered: of several words about the same rooms the last one. */
  private final Map<Rooms, CheckCallMembers> unanswered = new HashMap<>();

  CheckingCalls(Vertx vertx, Bus bus, Clock clock) {
    this.vertx = vertx;
    this.bus = bus;
    this.clock = clock;
  }

  /**
   * Has it done soon; nobody waits for it.
   *
   * @param caller who has changed the members
   */
  void check(Caller caller, CheckCallMembers members) {
    var rooms = new Rooms(caller.tenant(), members.rooms());
    unanswered.put(rooms, members);
    attempt(caller, rooms, members, clock.instant().plus(FOR));
  }

  private void attempt(Caller caller, Rooms rooms, CheckCallMembers members, Instant until) {
    bus.request(SignalingEndpoints.CHECK_MEMBERS, caller, members)
        .onSuccess(_ -> unanswered.remove(rooms, members))
        .onFailure(failure -> failed(caller, rooms, members, until, failure));
  }

  private void failed(
      Caller caller, Rooms rooms, CheckCallMembers members, Instant until, Throwable failure) {
    boolean isUnavailable =
        failure instanceof Refusal refusal && refusal.code() == ErrorCode.UNAVAILABLE;
    if (isUnavailable && clock.instant().isBefore(until)) {
      vertx.setTimer(
          RETRY_MS,
          _ -> {
            // Else the members have been set again.
            if (members.equals(unanswered.get(rooms))) {
              attempt(caller, rooms, members, until);
            }
          });
    } else if (unanswered.remove(rooms, members)) {
      log.atWarn()
          .addKeyValue("cause", failure.getClass().getSimpleName())
          .log("access.callsNotChecked");
    }
  }
}
