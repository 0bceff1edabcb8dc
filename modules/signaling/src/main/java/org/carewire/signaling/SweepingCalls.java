package org.carewire.signaling;

import static java.util.stream.Collectors.groupingBy;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.carewire.platform.Cluster;
import org.carewire.platform.NodeId;
import org.carewire.platform.NodeRole;
import org.carewire.platform.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what nodes that died have left: deadlines, what is to be told, sessions in calls. Every
 * second, on every node. Used on one event loop only.
 */
final class SweepingCalls {
  private static final Logger log = LoggerFactory.getLogger(SweepingCalls.class);
  private static final long SWEEP_MS = 1_000;
  private static final int AT_ONCE = 200;
  private static final int TOGETHER = 50;
  private static final int MAX_RUNG_AGAIN = 2_000;

  /** So long after it whoever changed the call last should have kept its deadline. */
  private static final Duration OVERDUE = Duration.ofMillis(700);

  /** So long after the change its effects should have been told, and been forgotten. */
  private static final Duration UNTOLD = Duration.ofMillis(1_500);

  /** Who has taken something on has so long for it. */
  private static final Duration CLAIMED = Duration.ofSeconds(2);

  /** A node that comes may hold sessions before it is known of everywhere. */
  private static final Duration GONE = Duration.ofMillis(1_500);

  private final Vertx vertx;
  private final Clock clock;
  private final Cluster cluster;
  private final Pool pool;
  private final EffectStore effects;
  private final SeatStore seats;
  private final Calls calls;
  private final CheckingMembers checking;
  private final TellingEffects telling;
  private final Counter swept;
  private final AtomicLong held;
  private final Map<String, Instant> missing = new HashMap<>();
  private boolean sweeping;

  /** What was said may not have come, or not have been said; at first for what was before. */
  private boolean doubted = true;

  private boolean failing;

  SweepingCalls(
      Vertx vertx,
      Platform platform,
      EffectStore effects,
      SeatStore seats,
      Calls calls,
      CheckingMembers checking,
      TellingEffects telling) {
    this.vertx = vertx;
    this.clock = platform.clock();
    this.cluster = platform.cluster();
    this.pool = platform.pool();
    this.effects = effects;
    this.seats = seats;
    this.checking = checking;
    this.calls = calls;
    this.telling = telling;
    this.swept = platform.metrics().counter("carewire.calls.deadlines.swept");
    this.held =
        Objects.requireNonNull(
            platform.metrics().gauge("carewire.calls.sessions", new AtomicLong()));
  }

  /** Somebody may not have been told, or have died before saying, what there is to know. */
  void doubt() {
    doubted = true;
  }

  /** The timer is the verticle's and ends with it. */
  void start() {
    vertx.setPeriodic(SWEEP_MS, _ -> sweep());
  }

  private void sweep() {
    if (sweeping) {
      return;
    }
    sweeping = true;
    Instant now = clock.instant();
    Future.join(deadlines(now), untold(now), nodes(now), unheard())
        .onComplete(
            done -> {
              sweeping = false;
              if (done.failed() != failing) {
                failing = done.failed();
                log.atWarn().addKeyValue("failing", failing).log("calls.sweep");
              }
            });
  }

  private Future<?> deadlines(Instant now) {
    return CallStore.claimDue(pool, now.minus(OVERDUE), now.plus(CLAIMED), AT_ONCE)
        .compose(
            due -> {
              swept.increment(due.size());
              return each(due, call -> calls.apply(call.tenant(), call.id(), new CallEvent.Tick()));
            });
  }

  private Future<?> untold(Instant now) {
    return effects
        .claim(now.minus(UNTOLD), now, AT_ONCE)
        .compose(
            claimed ->
                each(groups(claimed), this::tellAgain).compose(_ -> goOn(claimed, this::untold)));
  }

  /** Those of a call belong together, in the order of its versions. */
  private static List<List<Effects>> groups(List<Effects> claimed) {
    return List.copyOf(claimed.stream().collect(groupingBy(Effects::call)).values());
  }

  private Future<?> tellAgain(List<Effects> ofCall) {
    Effects first = ofCall.getFirst();
    return calls
        .load(first.tenant(), first.call())
        .onSuccess(
            call -> {
              calls.tellElsewhere(call);
              ofCall.forEach(untold -> telling.tellAgain(untold, call));
            });
  }

  /** Where there were as many as are done at once there may be more. */
  private Future<?> goOn(List<?> done, Function<Instant, Future<?>> step) {
    return done.size() < AT_ONCE ? Future.succeededFuture() : step.apply(clock.instant());
  }

  /** After a doubt: rings again, as gateways leave out what was heard, and checks who may be in. */
  private Future<?> unheard() {
    if (!doubted) {
      return Future.succeededFuture();
    }
    doubted = false;
    return Future.join(
            CallStore.waiting(pool, MAX_RUNG_AGAIN)
                .onSuccess(waiting -> waiting.forEach(telling::ringAgain)),
            isFirst() ? checking.checkAll() : Future.succeededFuture())
        .onFailure(_ -> doubted = true);
  }

  /** Sessions of a node that is gone are gone too. One node does it for all. */
  private Future<?> nodes(Instant now) {
    return seats
        .nodes()
        .compose(
            nodes -> {
              held.set(nodes.getOrDefault(cluster.self().value(), 0L));
              Set<String> alive = alive();
              missing.keySet().retainAll(nodes.keySet());
              missing.keySet().removeAll(alive);
              nodes.keySet().stream()
                  .filter(node -> !alive.contains(node))
                  .forEach(node -> missing.putIfAbsent(node, now));
              List<String> gone =
                  missing.entrySet().stream()
                      .filter(entry -> entry.getValue().plus(GONE).isBefore(now))
                      .map(Map.Entry::getKey)
                      .toList();
              return isFirst() ? each(gone, this::lose) : Future.succeededFuture();
            });
  }

  private Set<String> alive() {
    var alive = new HashSet<String>();
    alive.add(cluster.self().value());
    cluster.others(NodeRole.GATEWAY).forEach(node -> alive.add(node.value()));
    return alive;
  }

  private boolean isFirst() {
    return cluster.others(NodeRole.SIGNALING).stream()
        .map(NodeId::value)
        .allMatch(other -> other.compareTo(cluster.self().value()) > 0);
  }

  private Future<?> lose(String node) {
    log.atInfo().addKeyValue("node", node).log("calls.nodeLost");
    return seats
        .calls(node)
        .compose(
            found ->
                each(
                    found,
                    key -> calls.apply(key.tenant(), key.call(), new CallEvent.LoseNode(node))));
  }

  /** Some at a time, so that others get to the database too; what fails is swept up again. */
  private static <T> Future<?> each(List<T> all, Function<T, Future<?>> action) {
    if (all.isEmpty()) {
      return Future.succeededFuture();
    }
    int some = Math.min(TOGETHER, all.size());
    return Future.join(all.subList(0, some).stream().map(action).toList())
        .transform(_ -> each(all.subList(some, all.size()), action));
  }
}
