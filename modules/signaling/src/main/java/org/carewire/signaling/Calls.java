package org.carewire.signaling;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.carewire.platform.Bus;
import org.carewire.platform.Cluster;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.platform.Outage;
import org.carewire.platform.Platform;
import org.carewire.protocol.CallChanged;
import org.carewire.protocol.CallId;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Json;
import org.carewire.protocol.LeaveCall;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.SignalingEndpoints;
import org.carewire.protocol.TenantId;
import org.carewire.rooms.Appended;
import org.carewire.rooms.MessageJson;
import org.carewire.signaling.SavingCalls.Outcome;
import org.carewire.signaling.Transition.Changed;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies events to calls: loads, asks {@link CallMachine}, saves where nobody else has saved
 * meanwhile, else begins anew; then brings about what it says. Used on one event loop only.
 */
final class Calls {
  private static final Logger log = LoggerFactory.getLogger(Calls.class);
  private static final int ATTEMPTS = 10;
  private static final int MAX_CACHED = 20_000;
  private static final Duration CACHED = Duration.ofMinutes(10);

  private final Vertx vertx;
  private final int instance;
  private final Clock clock;
  private final Cluster cluster;
  private final Bus bus;
  private final Deliveries deliveries;
  private final Pool pool;
  private final MeterRegistry metrics;
  private final CallMachine machine;
  private final SavingCalls saving;
  private final TellingEffects effects;
  private final CallTimers timers;
  private final InTurn<CallId> turns = new InTurn<>();

  /** As they were when they were last heard of here. */
  private final Cache<CallId, Known> cache =
      Caffeine.newBuilder().maximumSize(MAX_CACHED).expireAfterAccess(CACHED).build();

  /** Counts the times at which all that was heard of until then became doubtful. */
  private long doubts;

  /**
   * A call as it was heard of.
   *
   * @param doubts how many there had been by then
   */
  private record Known(Call call, long doubts) {}

  Calls(
      Vertx vertx,
      Platform platform,
      int instance,
      CallMachine machine,
      SavingCalls saving,
      TellingEffects effects) {
    this.vertx = vertx;
    this.instance = instance;
    this.clock = platform.clock();
    this.cluster = platform.cluster();
    this.bus = platform.bus();
    this.deliveries = platform.deliveries();
    this.pool = platform.pool();
    this.metrics = platform.metrics();
    this.machine = machine;
    this.saving = saving;
    this.effects = effects;
    this.timers = new CallTimers(vertx, clock, this::due);
  }

  /** The time as calls have it. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Something happens to a call.
   *
   * @return the call as it is then; fails with a {@link Refusal} where it cannot be done
   */
  Future<Call> apply(TenantId tenant, CallId id, CallEvent event) {
    return turns.take(id, () -> attempt(known(tenant, id), tenant, id, event, ATTEMPTS));
  }

  private Future<Call> attempt(
      @Nullable Call known, TenantId tenant, CallId id, CallEvent event, int attempts) {
    return known == null
        ? load(tenant, id).compose(call -> decide(call, event, true, attempts))
        : decide(known, event, false, attempts);
  }

  private Future<Call> decide(Call call, CallEvent event, boolean fresh, int attempts) {
    Instant now = now();
    Transition transition = machine.apply(call, event, now);
    if (transition instanceof Changed change) {
      return saving
          .save(call, change, event, now)
          .onFailure(failure -> doubted(change.call(), failure, now))
          .compose(outcome -> saved(outcome, call, event, attempts));
    }
    if (!fresh) {
      return attempt(null, call.tenant(), call.id(), event, attempts);
    }
    return transition instanceof Transition.Refused refused
        ? Future.failedFuture(refused.refusal())
        : Future.succeededFuture(call);
  }

  private Future<Call> saved(Outcome outcome, Call before, CallEvent event, int attempts) {
    Changed change = outcome.change();
    if (change != null) {
      accomplish(change, outcome.entry());
      return Future.succeededFuture(change.call());
    }
    metrics.counter("carewire.calls.conflicts").increment();
    return attempts == 1
        ? Future.failedFuture(Refusal.unavailable("The call changes all the time, try again"))
        : attempt(null, before.tenant(), before.id(), event, attempts - 1);
  }

  /** What failed may be saved all the same, now or soon, and its record not told. */
  void doubted(Call call, Throwable failure, Instant since) {
    forget(call.id());
    if (call.over() && !(failure instanceof Refusal)) {
      deliveries.send(new Delivery.Doubted(since));
    }
  }

  /** A change is saved: all else follows, after whoever asked for it has been answered. */
  void accomplish(Changed change, Appended.@Nullable Stored entry) {
    Call call = change.call();
    if (learn(call)) {
      timers.set(call);
    }
    tellElsewhere(call);
    note(call);
    vertx.runOnContext(
        _ -> {
          if (!change.effects().isEmpty()) {
            effects.tell(new Effects(call.tenant(), call.id(), call.version(), change.effects()));
          }
          if (entry != null) {
            tellRecord(call, entry);
          }
        });
  }

  /** Tells the other nodes, and the instance here that a call's commands come to. */
  void tellElsewhere(Call call) {
    Caller caller = call.onBehalf();
    boolean isHere = bus.goesTo(instance, caller, new LeaveCall(call.id()));
    if (cluster.isClustered() || !isHere) {
      var changed = new CallChanged(call.id(), Json.raw(call));
      bus.tellOthers(SignalingEndpoints.CALL_CHANGED, caller, changed);
      if (!isHere) {
        bus.request(SignalingEndpoints.CALL_CHANGED, caller, changed);
      }
    }
  }

  private void note(Call call) {
    if (call.state() instanceof CallState.Over over) {
      metrics
          .counter(
              "carewire.calls.ended",
              "status",
              over.status().wireName(),
              "reason",
              over.reason().wireName())
          .increment();
      log.atInfo()
          .addKeyValue("call", call.id())
          .addKeyValue("status", over.status())
          .addKeyValue("reason", over.reason())
          .addKeyValue("seconds", over.duration())
          .log("call.ended");
    }
  }

  private void tellRecord(Call call, Appended.Stored stored) {
    deliveries.send(
        new Delivery.Entry(
            call.tenant(),
            stored.entry().room(),
            stored.entry().offset(),
            stored.members(),
            MessageJson.of(stored.entry(), "sent"),
            null));
  }

  /** The call as it was last heard of here, else as it is stored. */
  Future<Call> find(TenantId tenant, CallId id) {
    Call known = known(tenant, id);
    return known == null ? load(tenant, id) : Future.succeededFuture(known);
  }

  /** As it was last heard of here; null where it was not, or where that is doubtful. */
  @Nullable Call known(TenantId tenant, CallId id) {
    Known known = heardOf(tenant, id);
    return known != null && known.doubts() == doubts ? known.call() : null;
  }

  private @Nullable Known heardOf(TenantId tenant, CallId id) {
    Known known = cache.getIfPresent(id);
    return known != null && known.call().tenant().equals(tenant) ? known : null;
  }

  /** The call as it is stored; fails with {@code NOT_FOUND}. */
  Future<Call> load(TenantId tenant, CallId id) {
    return CallStore.load(pool, tenant, id)
        .map(
            call -> {
              if (call == null) {
                throw Refusal.of(ErrorCode.NOT_FOUND, "Call not found");
              }
              learn(call);
              return call;
            });
  }

  /** The call as it is stored; while PostgreSQL is away, as it was last heard of here. */
  Future<Call> latest(TenantId tenant, CallId id) {
    return load(tenant, id)
        .recover(
            failure -> {
              Known known = heardOf(tenant, id);
              if (known == null || !Outage.is(failure)) {
                return Future.failedFuture(failure);
              }
              // Else whoever asks next waits for PostgreSQL again.
              cache.put(id, new Known(known.call(), doubts));
              return Future.succeededFuture(known.call());
            });
  }

  /** Answers whether that is news. */
  private boolean learn(Call call) {
    Known before = cache.getIfPresent(call.id());
    long version = before == null ? 0 : before.call().version();
    if (version <= call.version()) {
      cache.put(call.id(), new Known(call, doubts));
    }
    return version < call.version();
  }

  /** Another node, or another instance here, has changed a call, and sees to its deadlines. */
  void changedElsewhere(Call call) {
    if (learn(call)) {
      timers.cancel(call.id());
    }
  }

  /** What is known of a call here may be outdated. */
  void forget(CallId id) {
    cache.asMap().computeIfPresent(id, (_, known) -> new Known(known.call(), -1));
  }

  /** What others have changed may not have become known here. */
  void forgetAll() {
    doubts++;
  }

  /** As {@link #apply}, where the call as it is given is not what comes of the event anyway. */
  Future<Call> applyWhereItMatters(Call call, CallEvent event) {
    return machine.apply(call, event, now()) instanceof Changed
        ? apply(call.tenant(), call.id(), event)
        : Future.succeededFuture(call);
  }

  private void due(Call call) {
    // Where that fails it is swept up.
    apply(call.tenant(), call.id(), new CallEvent.Tick());
  }
}
