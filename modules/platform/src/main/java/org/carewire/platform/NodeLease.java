package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.carewire.platform.Doubts.Reason;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key in Redis that says of its node: it lives, and all that Redis has to have of it is there.
 * What a node without one has left behind is stale. Where the key is gone, as Redis was emptied or
 * out of reach, the node writes everything anew before it takes it again. Safe for all threads.
 */
public final class NodeLease {
  private static final Logger log = LoggerFactory.getLogger(NodeLease.class);
  private static final long LEASE_MS = 5_000;
  private static final long RENEW_MS = 1_000;

  /** The value while what Redis has to have is being written, which may take so long. */
  static final String TAKING = "taking";

  private static final long TAKING_MS = 10_000;

  /** How long a command may be on its way to Redis. */
  private static final long LATE_MS = 1_000;

  private final Vertx vertx;
  private final RedisAccess redis;
  private final NodeId node;
  private final Clock clock;
  private final Doubts doubts;
  private final List<Supplier<Future<?>>> writers = new CopyOnWriteArrayList<>();
  private final List<Promise<Void>> waiting = new ArrayList<>();
  private Future<Void> renewal = Future.succeededFuture();

  /** Whether it goes on, rather than being taken anew. */
  private boolean held;

  private boolean wasHeld;
  private boolean released;
  private long timer;

  /** When Redis was last asked to let it go on, by the clock of {@link System#nanoTime}. */
  private long renewedAt;

  private Instant soundAt;

  public NodeLease(Vertx vertx, RedisAccess redis, NodeId node, Clock clock, Doubts doubts) {
    this.vertx = vertx;
    this.redis = redis;
    this.node = node;
    this.clock = clock;
    this.doubts = doubts;
    this.renewedAt = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(LEASE_MS + LATE_MS);
    this.soundAt = clock.instant();
  }

  static String key(NodeId node) {
    return key(node.value());
  }

  private static String key(String node) {
    return "carewire:node:" + node;
  }

  /** Takes the lease and keeps it; without Redis it is taken as soon as Redis is there. */
  public Future<?> hold() {
    redis.onLoss(this::takeAnew);
    timer = vertx.setPeriodic(RENEW_MS, _ -> renew());
    return renew();
  }

  /** From now on writes what Redis has to have of this node before the lease is taken anew. */
  public void beforeTaking(Supplier<Future<?>> writer) {
    writers.add(writer);
  }

  private synchronized Future<Void> renew() {
    releaseWaiting();
    if (renewal.isComplete() && !released) {
      renewal = (held ? goOn() : take()).onFailure(this::failed).otherwiseEmpty();
    }
    return renewal;
  }

  private synchronized Future<Void> goOn() {
    renewedAt = System.nanoTime();
    return redis
        .send(Command.PEXPIRE, key(node), Long.toString(LEASE_MS))
        .compose(was -> was.toInteger() == 1 ? wentOn() : lost());
  }

  private synchronized Future<Void> wentOn() {
    soundAt = clock.instant();
    return Future.succeededFuture();
  }

  private Future<Void> lost() {
    log.atWarn().log("lease.lost");
    return take();
  }

  private synchronized Future<Void> take() {
    held = true;
    // What comes to wait from here on may be too late for the writers.
    List<Promise<Void>> covered = List.copyOf(waiting);
    Instant since = soundAt;
    return redis
        .send(Command.SET, key(node), TAKING, "PX", Long.toString(TAKING_MS))
        .compose(_ -> Future.all(writers.stream().map(Supplier::get).toList()))
        .compose(_ -> set())
        .map(_ -> taken(covered, since));
  }

  /** Unless Redis has lost, meanwhile, what was written. */
  private synchronized Future<?> set() {
    renewedAt = System.nanoTime();
    return redis
        .send(
            Command.SET,
            key(node),
            UUID.randomUUID().toString(),
            "PX",
            Long.toString(LEASE_MS),
            "XX")
        .compose(
            done ->
                done == null
                    ? Future.failedFuture(new VertxException("Redis was emptied", true))
                    : Future.succeededFuture());
  }

  private synchronized @Nullable Void taken(List<Promise<Void>> covered, Instant since) {
    covered.forEach(Promise::tryComplete);
    waiting.removeAll(covered);
    soundAt = clock.instant();
    if (wasHeld) {
      doubts.raise(Reason.LEASE_LOST, since);
    }
    wasHeld = true;
    return null;
  }

  private synchronized void failed(Throwable failure) {
    log.atWarn().addKeyValue("cause", failure.getClass().getSimpleName()).log("lease.notRenewed");
    held = false;
  }

  /**
   * Something that Redis has to have of this node could not be written.
   *
   * @return done when it was written with everything else, or the lease has run out; never fails
   */
  synchronized Future<Void> orLapse() {
    held = false;
    Promise<Void> promise = Promise.promise();
    waiting.add(promise);
    releaseWaiting();
    return promise.future();
  }

  /** The lease may be there still, and what it stands for not. */
  synchronized void takeAnew() {
    held = false;
  }

  private synchronized void releaseWaiting() {
    long age = System.nanoTime() - renewedAt;
    if (age > TimeUnit.MILLISECONDS.toNanos(LEASE_MS + LATE_MS)) {
      waiting.forEach(Promise::tryComplete);
      waiting.clear();
    }
  }

  public Future<?> release() {
    synchronized (this) {
      released = true;
      vertx.cancelTimer(timer);
    }
    return redis.send(Command.DEL, key(node)).otherwise(_ -> null);
  }

  /** Those of the given nodes that are alive; this one always is. */
  public Future<Set<String>> alive(Set<String> nodes) {
    List<String> others = nodes.stream().filter(id -> !id.equals(node.value())).toList();
    List<Future<Boolean>> checks =
        others.stream()
            .map(id -> redis.send(Command.EXISTS, key(id)).map(found -> found.toInteger() == 1))
            .toList();
    return Future.all(checks)
        .map(
            _ ->
                nodes.stream()
                    .filter(
                        id -> id.equals(node.value()) || checks.get(others.indexOf(id)).result())
                    .collect(Collectors.toSet()));
  }

  /** Whether Redis has all that it has to have of each of these nodes. */
  public Future<Boolean> areWhole(Collection<String> nodes) {
    return redis
        .sendAll(nodes.stream().map(id -> Request.cmd(Command.GET).arg(key(id))).toList())
        .map(
            leases ->
                leases.stream()
                    .allMatch(lease -> lease != null && !lease.toString().equals(TAKING)));
  }
}
