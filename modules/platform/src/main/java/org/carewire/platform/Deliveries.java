package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events to the gateways that hold the sessions. Best effort: what is durable is in the room
 * log before it is sent here, and what gets lost between nodes raises {@link Doubts}.
 *
 * <p>This node's gateway is told at once. Of the others, those that have a session that it is for,
 * by one message each; they are looked up in batches, and told in the order of sending.
 */
public final class Deliveries {
  private static final Logger log = LoggerFactory.getLogger(Deliveries.class);
  private static final String OWN_GATEWAY = "gateway";
  private static final long BEAT_MS = 1_000;
  private static final int BATCH = 500;

  /** What is looked up at once, so that Redis has other things to do meanwhile. */
  private static final int BATCH_ROUTES = 1_000;

  private record Waiting(Delivery delivery, Audience audience) {}

  private final Vertx vertx;
  private final Cluster cluster;
  private final Bus bus;
  private final RouteLookup lookup;
  private final Arrivals arrivals;
  private final ConcurrentMap<NodeId, Outlet> outlets = new ConcurrentHashMap<>();
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private boolean lookingUp;
  private long timer;

  public Deliveries(
      Vertx vertx, Cluster cluster, Bus bus, RedisAccess redis, Clock clock, Doubts doubts) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.bus = bus;
    this.lookup = new RouteLookup(cluster, redis);
    this.arrivals = new Arrivals(vertx, cluster, clock, doubts, this::tellOwnGateway);
  }

  /** Begins to speak with other nodes. */
  public Future<Void> open() {
    if (!cluster.isClustered()) {
      return Future.succeededFuture();
    }
    cluster.listen((_, gone) -> gone.forEach(peer -> outlets.remove(peer.node())));
    timer = vertx.setPeriodic(BEAT_MS, _ -> beat());
    return cluster.does(NodeRole.GATEWAY) ? arrivals.open(bus) : Future.succeededFuture();
  }

  public void close() {
    vertx.cancelTimer(timer);
    arrivals.close();
  }

  private void beat() {
    cluster.others(NodeRole.GATEWAY).forEach(node -> outlet(node).beat());
  }

  /** Sends in order: what one service instance sends, a session gets in the order of sending. */
  public void send(Delivery delivery) {
    tellOwnGateway(delivery);
    if (cluster.others(NodeRole.GATEWAY).isEmpty()) {
      return;
    }
    synchronized (waiting) {
      waiting.add(new Waiting(delivery, Audience.of(delivery)));
      if (lookingUp) {
        return;
      }
      lookingUp = true;
    }
    sendWaiting();
  }

  private void sendWaiting() {
    for (List<Waiting> batch = next(); !batch.isEmpty(); batch = next()) {
      List<Waiting> now = batch;
      Future<List<Collection<NodeId>>> found =
          lookup.gateways(now.stream().map(Waiting::audience).toList());
      if (!found.isComplete()) {
        found.onComplete(
            _ -> {
              send(now, found.result());
              sendWaiting();
            });
        return;
      }
      send(now, found.result());
    }
  }

  private List<Waiting> next() {
    synchronized (waiting) {
      var batch = new ArrayList<Waiting>(Math.min(BATCH, waiting.size()));
      int routes = 0;
      while (batch.size() < BATCH && routes < BATCH_ROUTES && !waiting.isEmpty()) {
        Waiting next = waiting.remove();
        batch.add(next);
        routes += next.audience().size();
      }
      lookingUp = !batch.isEmpty();
      return batch;
    }
  }

  private void send(List<Waiting> batch, List<Collection<NodeId>> gateways) {
    for (int i = 0; i < batch.size(); i++) {
      for (NodeId node : gateways.get(i)) {
        send(batch.get(i).delivery(), node);
      }
    }
  }

  /** A fault in one keeps the others from nothing; its number is missed on the other side. */
  private void send(Delivery delivery, NodeId node) {
    try {
      outlet(node).send(delivery);
    } catch (RuntimeException e) {
      log.atError().setCause(Faults.withoutTexts(e)).log("deliveries.notSent");
    }
  }

  private Outlet outlet(NodeId node) {
    return outlets.computeIfAbsent(node, to -> new Outlet(bus, cluster.self(), to));
  }

  /** Tells this node's gateway alone. */
  public void tellOwnGateway(Delivery delivery) {
    bus.publish(OWN_GATEWAY, delivery);
  }

  /** Receives what is meant for this node's sessions; each gateway instance is told everything. */
  public Future<Void> receive(Consumer<Delivery> handler) {
    return bus.listen(OWN_GATEWAY, Delivery.class, handler);
  }
}
