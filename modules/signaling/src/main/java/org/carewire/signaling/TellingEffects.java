package org.carewire.signaling;

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
import org.carewire.protocol.PresenceEndpoints;
import org.carewire.protocol.Role;
import org.carewire.protocol.ServerEvent;
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

  /** No change has as many effects. */
  private static final long MAX_EFFECTS = 1_000;

  private final Vertx vertx;
  private final Bus bus;
  private final Deliveries deliveries;
  private final Clock clock;
  private final EffectStore store;
  private final Counter retold;
  private List<Effects> done = new ArrayList<>();

  TellingEffects(Vertx vertx, Platform platform, EffectStore store) {
    this.vertx = vertx;
    this.bus = platform.bus();
    this.deliveries = platform.deliveries();
    this.clock = platform.clock();
    this.store = store;
    this.retold = platform.metrics().counter("carewire.calls.effects.retold");
  }

  /** Those of a change that has just been saved. */
  void tell(Effects effects) {
    var marks = new ArrayList<Effect.MarkInCall>();
    for (int i = 0; i < effects.effects().size(); i++) {
      switch (effects.effects().get(i)) {
        case Effect.Tell tell -> tell(effects, i, tell);
        case Effect.MarkInCall mark -> marks.add(mark);
      }
    }
    var left = new ArrayList<Effect>();
    Future.join(
            marks.stream()
                .map(
                    mark ->
                        mark(effects.tenant(), effects.call(), mark).onFailure(_ -> left.add(mark)))
                .toList())
        .onComplete(_ -> settle(effects, left));
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
    long number =
        tell.event() == ServerEvent.CALL_INCOMING
            ? Delivery.OfCall.INCOMING
            : effects.version() * MAX_EFFECTS + index + 1;
    deliveries.send(
        new Delivery.OfCall(
            effects.tenant(),
            tell.users(),
            effects.call(),
            number,
            tell.event(),
            tell.data(),
            tell.only(),
            tell.except()));
  }

  /** Others see a user in a call, or no longer. */
  Future<?> mark(TenantId tenant, CallId call, Effect.MarkInCall mark) {
    var user = new Caller(tenant, mark.user(), Role.SERVICE, null, null);
    return bus.request(
        PresenceEndpoints.MARK_CALL, user, new MarkCall(call.value(), mark.inCall()));
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
