package org.carewire.signaling;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carewire.platform.Platform;
import org.carewire.platform.Postgres;
import org.carewire.protocol.CallInitiated;
import org.carewire.protocol.CallType;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.InitiateCall;
import org.carewire.protocol.ParticipantState;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.UserId;
import org.carewire.signaling.SavingCalls.Outcome;
import org.carewire.signaling.Transition.Changed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code call:initiate}. */
final class InitiatingCalls {
  private static final Logger log = LoggerFactory.getLogger(InitiatingCalls.class);
  private static final int ATTEMPTS = 5;

  /** The caller is live in a call. */
  private static final class CallerIsLive extends RuntimeException {
    private static final long serialVersionUID = 1;

    CallerIsLive() {
      super(null, null, false, false);
    }
  }

  private final Pool pool;
  private final SignalingConfig config;
  private final Callees callees;
  private final CallMachine machine;
  private final Calls calls;
  private final SavingCalls saving;
  private final CheckingMembers checking;
  private final CallReplies replies;
  private final MeterRegistry metrics;

  InitiatingCalls(
      Platform platform,
      SignalingConfig config,
      Callees callees,
      CallMachine machine,
      Calls calls,
      SavingCalls saving,
      CheckingMembers checking,
      CallReplies replies) {
    this.pool = platform.pool();
    this.config = config;
    this.callees = callees;
    this.machine = machine;
    this.calls = calls;
    this.saving = saving;
    this.checking = checking;
    this.replies = replies;
    this.metrics = platform.metrics();
  }

  Future<CallInitiated> initiate(Caller caller, InitiateCall command) {
    return callees
        .of(caller, command, calls.now())
        .compose(called -> begin(caller, command, called, ATTEMPTS));
  }

  private Future<CallInitiated> begin(
      Caller caller, InitiateCall command, Callees.Called called, int attempts) {
    Instant now = calls.now();
    Call call = call(caller, command, called, now);
    return Postgres.transaction(
            pool,
            connection ->
                CallStore.take(connection, call.tenant(), call.id(), users(call))
                    .compose(
                        taken -> {
                          if (!taken.contains(caller.user())) {
                            return Future.failedFuture(new CallerIsLive());
                          }
                          Changed begun = machine.begin(busy(call, taken), now);
                          return saving.saveIn(
                              connection, null, begun, "initiate", caller.user(), now);
                        }))
        .onFailure(failure -> doubted(call, failure, now))
        .map(outcome -> initiated(caller, outcome))
        .recover(
            failure ->
                failure instanceof CallerIsLive
                    ? instead(caller, command, called, attempts)
                    : Future.failedFuture(failure));
  }

  private void doubted(Call call, Throwable failure, Instant since) {
    if (!(failure instanceof CallerIsLive)) {
      calls.doubted(call, failure, since);
    }
  }

  private CallInitiated initiated(Caller caller, Outcome outcome) {
    Changed change = requireNonNull(outcome.change());
    Call call = change.call();
    calls.accomplish(change, outcome.entry());
    metrics.counter("carewire.calls.initiated", "type", call.type().wireName()).increment();
    log.atDebug()
        .addKeyValue("call", call.id())
        .addKeyValue("participants", call.parties().size())
        .log("call.initiated");
    // Who was taken off between the look at the rights and the save is out.
    checking.checkBegun(call);
    return replies.initiated(call, caller);
  }

  private Call call(Caller caller, InitiateCall command, Callees.Called called, Instant now) {
    boolean video = command.type() == CallType.VIDEO;
    var parties = new ArrayList<Party>(called.users().size() + 1);
    parties.add(
        Party.called(caller.user(), called.caller(), false, video)
            .in(Seat.of(caller, requireNonNull(command.gateway()))));
    called.users().forEach((user, right) -> parties.add(Party.called(user, right, false, video)));
    return new Call(
        command.callId(),
        caller.tenant(),
        caller.role(),
        command.visit(),
        called.room(),
        command.type(),
        command.metadata(),
        parties.size() > config.meshParticipants(),
        now,
        now.plus(config.ringTimeout()),
        List.copyOf(parties),
        new CallState.Ringing(),
        0);
  }

  private static List<UserId> users(Call call) {
    return call.parties().stream().map(Party::user).toList();
  }

  /** Whoever is in another call is not rung. */
  private static Call busy(Call call, Set<UserId> taken) {
    return call.with(
        call.parties().stream()
            .map(
                party -> taken.contains(party.user()) ? party : party.out(ParticipantState.INVITED))
            .toList(),
        call.version());
  }

  /** The caller is in a call: perhaps the one that it wants, or one that is over for it. */
  private Future<CallInitiated> instead(
      Caller caller, InitiateCall command, Callees.Called called, int attempts) {
    if (attempts == 1) {
      return Future.failedFuture(SavingCalls.busy());
    }
    return CallStore.liveOf(pool, caller.tenant(), caller.user())
        .compose(
            live ->
                live == null
                    ? begin(caller, command, called, attempts - 1)
                    : instead(caller, command, called, live, attempts));
  }

  private Future<CallInitiated> instead(
      Caller caller, InitiateCall command, Callees.Called called, Call live, int attempts) {
    Seat seat = Seat.of(caller, requireNonNull(command.gateway()));
    UserId user = caller.user();
    Party party = live.party(user).orElseThrow();
    if (party.ringing()) {
      boolean callsBack =
          live.parties().size() == 2 && called.users().keySet().equals(Set.of(live.caller()));
      return callsBack
          ? calls
              .apply(live.tenant(), live.id(), new CallEvent.Accept(user, seat))
              .map(call -> replies.met(call, caller))
              .recover(failure -> unlessOver(failure, caller, command, called, attempts))
          : Future.failedFuture(SavingCalls.busy());
    }
    Seat before = requireNonNull(party.seat());
    boolean same = before.socket().equals(seat.socket());
    if (!same && !party.away() && !seat.returnsAs(before)) {
      return Future.failedFuture(SavingCalls.busy());
    }
    if (isRepeat(live, user, called)) {
      return calls
          .apply(live.tenant(), live.id(), new CallEvent.Join(user, seat))
          .map(call -> replies.initiated(call, caller));
    }
    return same
        ? Future.failedFuture(SavingCalls.busy())
        : calls
            .apply(live.tenant(), live.id(), new CallEvent.Leave(user, before.socket()))
            .transform(_ -> begin(caller, command, called, attempts - 1));
  }

  /** Where the other has just hung up, the call is one of its own. */
  private Future<CallInitiated> unlessOver(
      Throwable failure, Caller caller, InitiateCall command, Callees.Called called, int attempts) {
    return failure instanceof Refusal refusal && refusal.code() == ErrorCode.WRONG_STATE
        ? instead(caller, command, called, attempts - 1)
        : Future.failedFuture(failure);
  }

  private static boolean isRepeat(Call live, UserId user, Callees.Called called) {
    Set<UserId> others = new HashSet<>(live.parties().stream().map(Party::user).collect(toSet()));
    others.remove(user);
    return others.equals(called.users().keySet());
  }
}
