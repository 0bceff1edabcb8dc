package org.carewire.signaling;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.carewire.platform.Bus;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.platform.Platform;
import org.carewire.protocol.CallId;
import org.carewire.protocol.Caller;
import org.carewire.protocol.MarkCall;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.NotifyMissedCall;
import org.carewire.protocol.PresenceEndpoints;
import org.carewire.protocol.Role;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings about what saved changes of calls say. What is done is forgotten a moment later, many at a
 * time; what could not be done is kept, to be done later. Used on one event loop only.
 */
final class TellingEffects {
  private static final Logger log = LoggerFactory.getLogger(TellingEffects.class);
  private static final long GATHERED_MS = 100;

  private final Vertx vertx;
  private final Bus bus;
  private final Deliveries deliveries;
  private final Clock clock;
  private final EffectStore store;
  private final SeatStore seats;
  private final Counter retold;
  private List<Effects> done = new ArrayList<>();

  TellingEffects(Vertx vertx, Platform platform, EffectStore store, SeatStore seats) {
    this.vertx = vertx;
    this.bus = platform.bus();
    this.deliveries = platform.deliveries();
    this.clock = platform.clock();
    this.store = store;
    this.seats = seats;
    this.retold = platform.metrics().counter("carewire.calls.effects.retold");
  }

  /** Those of a change that has just been saved. */
  void tell(Effects effects) {
    var left = new ArrayList<Effect>();
    var asked = new ArrayList<Future<?>>();
    for (int i = 0; i < effects.effects().size(); i++) {
      Effect effect = effects.effects().get(i);
      switch (effect) {
        case Effect.Tell tell -> tell(effects, i, tell);
        case Effect.MarkInCall mark ->
            asked.add(
                mark(effects.tenant(), effects.call(), mark).onFailure(_ -> left.add(effect)));
        case Effect.NotifyMissed(NotifyMissedCall missed) ->
            asked.add(notifyMissed(effects.tenant(), missed).onFailure(_ -> left.add(effect)));
      }
    }
    Future.join(asked).onComplete(_ -> settle(effects, left));
  }

  private Future<?> notifyMissed(TenantId tenant, NotifyMissedCall missed) {
    return bus.request(
        NotificationEndpoints.NOTIFY_MISSED_CALL, inTheNameOf(tenant, missed.callerId()), missed);
  }

  /**
   * Those of a change that somebody else has saved and, perhaps, not told.
   *
   * @param call as it is now
   */
  void tellAgain(Effects effects, Call call) {
    retold.increment();
    log.atInfo()
        .addKeyValue("call", effects.call())
        .addKeyValue("version", effects.version())
        .log("call.effectsRetold");
    boolean isTold = effects.effects().stream().allMatch(Effect.NotifyMissed.class::isInstance);
    if (call.over() && !isTold) {
      // Its record may not have been told either.
      deliveries.send(new Delivery.Doubted(call.createdAt()));
    }
    // What others see of users is as the call is now, not as it was then.
    var inCall = CallChange.inCall(call);
    tell(
        new Effects(
            effects.tenant(),
            effects.call(),
            effects.version(),
            effects.effects().stream()
                .map(
                    effect ->
                        effect instanceof Effect.MarkInCall(UserId user, _)
                            ? new Effect.MarkInCall(user, inCall.contains(user))
                            : effect)
                .toList()));
  }

  private void tell(Effects effects, int index, Effect.Tell tell) {
    Long number = tell.number();
    tell(
        effects.tenant(),
        effects.call(),
        tell,
        number == null ? Delivery.OfCall.ofChange(effects.version(), index) : number);
  }

  private void tell(TenantId tenant, CallId call, Effect.Tell tell, long number) {
    deliveries.send(
        new Delivery.OfCall(
            tenant,
            tell.users(),
            call,
            number,
            tell.event(),
            tell.data(),
            tell.only(),
            tell.except()));
  }

  /** Tells one session what it may not have been told as its node was out of reach. */
  void tellMissed(Call call, UserId user, SocketId socket) {
    CallChange.missed(call, user, socket)
        .forEach(tell -> tell(call.tenant(), call.id(), tell, requireNonNull(tell.number())));
  }

  /** It rings, also where nobody has heard it. */
  void ringAgain(Call call) {
    List<UserId> ringing = call.parties().stream().filter(Party::ringing).map(Party::user).toList();
    if (!ringing.isEmpty()) {
      tell(
          call.tenant(),
          call.id(),
          CallMachine.incomingTo(ringing, call),
          Delivery.OfCall.INCOMING);
    }
  }

  /**
   * Others see a user in a call, or no longer. Who is marked and has left by then, which may have
   * been told before, is looked up once more: so whatever order the marks come in, the last is
   * right.
   */
  Future<?> mark(TenantId tenant, CallId call, Effect.MarkInCall mark) {
    Future<?> marked = markOnly(tenant, call, mark);
    return mark.inCall()
        ? marked
            .compose(_ -> seats.isInCall(tenant, mark.user(), call))
            .compose(
                isIn ->
                    isIn
                        ? Future.succeededFuture()
                        : markOnly(tenant, call, new Effect.MarkInCall(mark.user(), false)))
        : marked;
  }

  private Future<?> markOnly(TenantId tenant, CallId call, Effect.MarkInCall mark) {
    return bus.request(
        PresenceEndpoints.MARK_CALL,
        inTheNameOf(tenant, mark.user()),
        new MarkCall(call.value(), mark.inCall()));
  }

  private static Caller inTheNameOf(TenantId tenant, UserId user) {
    return new Caller(tenant, user, Role.SERVICE, null, null);
  }

  private void settle(Effects effects, List<Effect> left) {
    if (!left.isEmpty()) {
      store.keep(
          new Effects(effects.tenant(), effects.call(), effects.version(), left), clock.instant());
      return;
    }
    done.add(effects);
    if (done.size() == 1) {
      vertx.setTimer(GATHERED_MS, _ -> forget());
    }
  }

  private Future<?> forget() {
    if (done.isEmpty()) {
      return Future.succeededFuture();
    }
    List<Effects> some = done;
    done = new ArrayList<>();
    return store.delete(some);
  }

  /** Forgets what is done. */
  Future<?> close() {
    return forget().otherwiseEmpty();
  }
}
