package org.carewire.platform;

import java.util.concurrent.ThreadLocalRandom;

/** The way to another node's gateway, on which deliveries are numbered. Safe for all threads. */
final class Outlet {
  private final Bus bus;
  private final NodeId from;
  private final NodeId to;
  private final long stream = ThreadLocalRandom.current().nextLong();
  private long last;

  Outlet(Bus bus, NodeId from, NodeId to) {
    this.bus = bus;
    this.from = from;
    this.to = to;
  }

  synchronized void send(Delivery delivery) {
    last++;
    bus.sendToGateway(to, new Hint(from, stream, last, delivery), "delivery");
  }

  /** Tells how many there were, so that the loss of the last ones is noticed too. */
  synchronized void beat() {
    bus.sendToGateway(to, new Hint(from, stream, last, null), "beat");
  }
}
