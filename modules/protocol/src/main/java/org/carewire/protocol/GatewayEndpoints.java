package org.carewire.protocol;

import java.time.Duration;

/** What each gateway serves for the sessions that it holds. */
public final class GatewayEndpoints {
  /** Of which several fit into one attempt to pass a signal on. */
  private static final Duration TIMEOUT = Duration.ofMillis(900);

  public static final Endpoint<DeliverSignal, SignalDelivered> DELIVER_SIGNAL =
      new Endpoint<>("gateway.deliverSignal", DeliverSignal.class, SignalDelivered.class, TIMEOUT);
  public static final Endpoint<FindConnected, UsersConnected> FIND_CONNECTED =
      new Endpoint<>("gateway.findConnected", FindConnected.class, UsersConnected.class, TIMEOUT);

  private GatewayEndpoints() {}
}
