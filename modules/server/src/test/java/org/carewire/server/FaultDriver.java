package org.carewire.server;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.carewire.server.Fault.Trouble;
import org.carewire.testkit.FaultProxy;
import org.carewire.testkit.FaultProxy.Direction;

/**
 * Does to a cluster what a plan says, and mends it. What concerns the same node comes one after the
 * other, and one node is always left; all else may coincide.
 */
final class FaultDriver implements AutoCloseable {
  /**
   * A fault that was there.
   *
   * @param nodes that were not to be reached meanwhile
   */
  record Incident(Fault fault, Set<URI> nodes, Instant from, Instant to) {}

  private static final int SLOW_BYTES_A_SECOND = 50_000;
  private static final Duration DELAY = Duration.ofMillis(150);
  private static final Duration JITTER = Duration.ofMillis(300);

  private final ProcessCluster cluster;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Object, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final Semaphore mayBeAway;
  private final Queue<Incident> incidents = new ConcurrentLinkedQueue<>();
  private final Queue<String> shortcomings = new ConcurrentLinkedQueue<>();

  FaultDriver(ProcessCluster cluster) {
    this.cluster = cluster;
    mayBeAway = new Semaphore(Math.max(1, cluster.nodes().size() - 1));
  }

  /** Returns once all is over and mended. */
  void follow(FaultPlan plan) {
    long begun = System.nanoTime();
    var underWay = new ArrayList<CompletableFuture<Void>>();
    for (FaultPlan.Planned planned : plan.faults()) {
      pause(planned.at().toNanos() - (System.nanoTime() - begun));
      underWay.add(CompletableFuture.runAsync(() -> inflict(planned.fault()), threads));
    }
    underWay.forEach(CompletableFuture::join);
  }

  private void inflict(Fault fault) {
    switch (fault) {
      case Fault.Killed(int node, Duration time) -> away(fault, node, at -> kill(at, time));
      case Fault.Hung(int node, Duration time) -> away(fault, node, at -> hang(at, time));
      case Fault.Restarted(int node) -> away(fault, node, this::restart);
      case Fault.AllRestarted _ -> {
        for (int node = 0; node < cluster.nodes().size(); node++) {
          away(fault, node, this::restart);
        }
      }
      case Fault.Network network -> trouble(network);
      case Fault.RedisEmptied _ -> alone("redis", () -> note(fault, cluster::emptyRedis));
      case Fault.PostgresRestarted _ ->
          alone("postgres", () -> note(fault, cluster::restartPostgres));
      case Fault.Partition partition -> alone("partition", () -> part(partition));
    }
  }

  /** What is done to a node. */
  private interface Deed {
    void to(NodeProcess node);
  }

  private void away(Fault fault, int index, Deed deed) {
    NodeProcess node = cluster.nodes().get(index);
    alone(
        node,
        () -> {
          mayBeAway.acquireUninterruptibly();
          Instant from = Instant.now();
          try {
            deed.to(node);
          } finally {
            mayBeAway.release();
            incidents.add(new Incident(fault, Set.of(node.http()), from, Instant.now()));
          }
        });
  }

  private static void kill(NodeProcess node, Duration time) {
    node.kill();
    pause(time.toNanos());
    node.start();
  }

  private static void hang(NodeProcess node, Duration time) {
    node.hang();
    pause(time.toNanos());
    node.wakeUp();
  }

  private void restart(NodeProcess node) {
    OptionalInt code = node.terminate();
    if (code.isEmpty()) {
      shortcomings.add(node + " did not end in time");
    } else if (code.getAsInt() != 0) {
      shortcomings.add(node + " ended with " + code.getAsInt());
    }
    node.start();
  }

  /** Asks all nodes to end. */
  void endAll() {
    try (ExecutorService ending = Executors.newVirtualThreadPerTaskExecutor()) {
      for (NodeProcess node : cluster.nodes()) {
        ending.execute(
            () -> {
              OptionalInt code = node.terminate();
              if (code.isEmpty() || code.getAsInt() != 0) {
                shortcomings.add(node + ", asked to end with all the others: " + code);
              }
            });
      }
    }
  }

  private void trouble(Fault.Network fault) {
    NodeProcess node = cluster.nodes().get(fault.node());
    FaultProxy network =
        switch (fault.needs()) {
          case POSTGRES -> node.postgres();
          case REDIS -> node.redis();
        };
    alone(
        network,
        () ->
            note(
                fault,
                () -> {
                  begin(fault.trouble(), network);
                  pause(fault.time().toNanos());
                  mend(network);
                }));
  }

  private static void begin(Trouble trouble, FaultProxy network) {
    switch (trouble) {
      case CUT -> network.cut();
      case REFUSED -> network.refuse();
      case HANGING -> network.hang();
      case HALF_OPEN -> network.hang(Direction.TO_CLIENT);
      case SLOW -> network.slow(SLOW_BYTES_A_SECOND);
      case DELAYED -> network.delay(DELAY, JITTER);
    }
  }

  private static void mend(FaultProxy network) {
    network.stopRefusing();
    network.resume();
    network.slow(0);
    network.delay(Duration.ZERO);
  }

  private void part(Fault.Partition fault) {
    Set<NodeProcess> side =
        fault.side().stream().map(cluster.nodes()::get).collect(Collectors.toSet());
    note(
        fault,
        () -> {
          cluster.partition(side, fault.cuts());
          pause(fault.time().toNanos());
          cluster.heal();
        });
  }

  private void note(Fault fault, Runnable deed) {
    Instant from = Instant.now();
    deed.run();
    incidents.add(new Incident(fault, Set.of(), from, Instant.now()));
  }

  private void alone(Object with, Runnable deed) {
    ReentrantLock lock = locks.computeIfAbsent(with, _ -> new ReentrantLock());
    lock.lock();
    try {
      deed.run();
    } finally {
      lock.unlock();
    }
  }

  private static void pause(long nanos) {
    long until = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** In the order of their beginnings. */
  List<Incident> incidents() {
    return incidents.stream().sorted((one, other) -> one.from().compareTo(other.from())).toList();
  }

  /** Of what is over. */
  Disturbances disturbances() {
    return new Disturbances(incidents(), cluster.nodes());
  }

  /** What nodes did not do when they were asked to end. */
  List<String> shortcomings() {
    return List.copyOf(shortcomings);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
