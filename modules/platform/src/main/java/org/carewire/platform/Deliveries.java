package org.carewire.platform;

import io.vertx.core.Future;
import java.util.function.Consumer;

/**
 * Brings events to the gateways that hold the sessions. Best effort: what is durable is in the room
 * log before it is sent here.
 */
public final class Deliveries {
  private final Bus bus;
  private final String ownGateway;

  public Deliveries(Bus bus, NodeId node) {
    this.bus = bus;
    this.ownGateway = "gateway." + node;
  }

  /** Sends in order: what one service instance sends, a session gets in the order of sending. */
  public void send(Delivery delivery) {
    bus.publish(ownGateway, delivery);
  }

  /** Receives what is meant for this node's sessions; each gateway instance is told everything. */
  public Future<Void> receive(Consumer<Delivery> handler) {
    return bus.listen(ownGateway, Delivery.class, handler);
  }
}
