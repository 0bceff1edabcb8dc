package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.carewire.platform.Doubts.Reason;

/**
 * What other nodes tell this one's gateway: passed on at once, and counted, as the bus may lose it.
 * Safe for all threads.
 */
final class Arrivals implements Cluster.Listener {
  private static final long TICK_MS = 1_000;
  private static final Duration SILENT = Duration.ofSeconds(3);

  private final Vertx vertx;
  private final Cluster cluster;
  private final Clock clock;
  private final Doubts doubts;
  private final Consumer<Delivery> gateway;

  /** Of nodes that have left too, as they may come back. */
  private final Map<NodeId, Inlet> inlets = new HashMap<>();

  private Instant tickedAt;
  private long timer;

  Arrivals(Vertx vertx, Cluster cluster, Clock clock, Doubts doubts, Consumer<Delivery> gateway) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.clock = clock;
    this.doubts = doubts;
    this.gateway = gateway;
    this.tickedAt = clock.instant();
  }

  Future<Void> open(Bus bus) {
    cluster.listen(this);
    timer = vertx.setPeriodic(TICK_MS, _ -> tick());
    return bus.receive(Hint.class, this::receive);
  }

  void close() {
    vertx.cancelTimer(timer);
  }

  private void receive(Hint hint) {
    Delivery delivery = hint.delivery();
    if (note(hint)) {
      doubts.raise(Reason.MISSING_DELIVERY, soundAt(hint.from()));
    }
    if (delivery != null) {
      gateway.accept(delivery);
    }
  }

  /** Answers whether it tells that something is missing. */
  private synchronized boolean note(Hint hint) {
    Inlet inlet =
        inlets.computeIfAbsent(hint.from(), _ -> new Inlet(hint.stream(), clock.instant()));
    if (hint.delivery() == null) {
      return inlet.beat(hint.stream(), hint.number(), clock.instant());
    }
    inlet.delivered(hint.stream(), hint.number());
    return false;
  }

  private synchronized Instant soundAt(NodeId node) {
    Inlet inlet = inlets.get(node);
    return inlet == null ? clock.instant() : inlet.soundAt();
  }

  private void tick() {
    Instant now = clock.instant();
    Instant before = tickedAt;
    tickedAt = now;
    if (now.isAfter(before.plus(SILENT))) {
      doubts.raise(Reason.STOOD_STILL, before);
    }
    for (Cluster.Peer peer : cluster.others()) {
      NodeId node = peer.node();
      Instant beatAt = beatAt(node, now);
      if (now.isAfter(beatAt.plus(SILENT))) {
        doubts.raise(Reason.MISSING_BEAT, soundAt(node));
      }
    }
  }

  private synchronized Instant beatAt(NodeId node, Instant now) {
    // One that has never been heard of has its time from now on.
    return inlets.computeIfAbsent(node, _ -> new Inlet(0, now)).beatAt();
  }

  @Override
  public void changed(List<Cluster.Peer> come, List<Cluster.Peer> gone) {
    for (Cluster.Peer peer : gone) {
      doubts.raise(Reason.NODE_LEFT, soundAt(peer.node()));
    }
    for (Cluster.Peer peer : come) {
      doubts.raise(Reason.NODE_JOINED, soundAt(peer.node()));
    }
  }
}
