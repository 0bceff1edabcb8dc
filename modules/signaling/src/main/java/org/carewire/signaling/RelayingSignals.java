package org.carewire.signaling;

import static java.util.Objects.requireNonNull;

import io.vertx.core.Future;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import org.carewire.platform.Bus;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallSignal;
import org.carewire.protocol.CallStatus;
import org.carewire.protocol.Caller;
import org.carewire.protocol.DeliverSignal;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.GatewayEndpoints;
import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.SignalCall;
import org.carewire.protocol.SignalDelivered;
import org.jspecify.annotations.Nullable;

/**
 * {@code call:signal}: to the gateway that holds the recipient's session. Who is in the call is
 * known here; the database is asked only where that seems to be outdated.
 */
final class RelayingSignals {
  private final Bus bus;
  private final Calls calls;
  private final Clock clock;

  /** Calls that are just becoming in progress. */
  private final Set<CallId> beginning = new HashSet<>();

  RelayingSignals(Bus bus, Calls calls, Clock clock) {
    this.bus = bus;
    this.calls = calls;
    this.clock = clock;
  }

  Future<SignalDelivered> relay(Caller caller, SignalCall signal) {
    Call known = calls.known(caller.tenant(), signal.callId());
    RawJson data =
        Json.raw(
            new CallSignal(
                signal.callId(),
                caller.user(),
                signal.signal(),
                signal.signalType(),
                clock.instant()));
    if (known != null && refusal(known, caller, signal) == null) {
      Seat seat = seatOf(known, signal);
      return deliver(known, seat, caller, signal, data)
          .compose(
              delivered ->
                  delivered.here()
                      ? Future.succeededFuture(delivered)
                      : relayAnew(seat, caller, signal, data));
    }
    return relayAnew(null, caller, signal, data);
  }

  /**
   * Relays by what is stored.
   *
   * @param tried where the recipient is not
   */
  private Future<SignalDelivered> relayAnew(
      @Nullable Seat tried, Caller caller, SignalCall signal, RawJson data) {
    return calls
        .latest(caller.tenant(), signal.callId())
        .compose(
            call -> {
              Refusal refusal = refusal(call, caller, signal);
              if (refusal != null) {
                return Future.failedFuture(refusal);
              }
              Seat seat = seatOf(call, signal);
              boolean isAway = call.party(signal.recipient()).orElseThrow().away();
              return isAway || seat.equals(tried)
                  ? Future.succeededFuture(new SignalDelivered(false))
                  : deliver(call, seat, caller, signal, data);
            });
  }

  private static Seat seatOf(Call call, SignalCall signal) {
    return requireNonNull(call.party(signal.recipient()).orElseThrow().seat());
  }

  private Future<SignalDelivered> deliver(
      Call call, Seat seat, Caller caller, SignalCall signal, RawJson data) {
    var delivery =
        new DeliverSignal(seat.socket(), requireNonNull(caller.socket()), signal.number(), data);
    return bus.requestAt(seat.gateway(), GatewayEndpoints.DELIVER_SIGNAL, caller, delivery)
        .onSuccess(
            delivered -> {
              if (delivered.here()) {
                signalled(call);
              }
            })
        .onFailure(_ -> calls.forget(call.id()));
  }

  /** Others may be on their way, of which only one is to change the call. */
  private void signalled(Call relayed) {
    Call known = calls.known(relayed.tenant(), relayed.id());
    Call call = known == null ? relayed : known;
    if (call.status(clock.instant()) == CallStatus.ACCEPTED && beginning.add(call.id())) {
      calls
          .apply(call.tenant(), call.id(), new CallEvent.Signalled())
          .onComplete(_ -> beginning.remove(call.id()));
    }
  }

  private @Nullable Refusal refusal(Call call, Caller caller, SignalCall signal) {
    Party sender = call.party(caller.user()).orElse(null);
    Party recipient = call.party(signal.recipient()).orElse(null);
    if (sender == null) {
      return Refusal.of(ErrorCode.ACCESS_DENIED, "Not authorized to signal in this call");
    }
    if (call.over()) {
      return Refusal.of(
          ErrorCode.WRONG_STATE,
          "Cannot signal in call in %s state".formatted(call.status(clock.instant()).wireName()));
    }
    if (recipient == null || recipient.equals(sender)) {
      return new Refusal(
          ErrorCode.ACCESS_DENIED,
          "The recipient is not another participant of this call",
          "recipientId",
          null);
    }
    Seat seat = sender.seat();
    if (seat == null || !seat.socket().equals(caller.socket())) {
      return Refusal.of(
          ErrorCode.WRONG_STATE, "You are not in this call with this session, join it first");
    }
    return recipient.joined()
        ? null
        : new Refusal(
            ErrorCode.WRONG_STATE, "The recipient is not in this call yet", "recipientId", null);
  }
}
