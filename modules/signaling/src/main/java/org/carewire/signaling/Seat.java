package org.carewire.signaling;

import static java.util.Objects.requireNonNull;

import org.carewire.protocol.Caller;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.GatewayAddress;
import org.carewire.protocol.SocketId;
import org.jspecify.annotations.Nullable;

/** The session by which a user is in a call. */
record Seat(SocketId socket, @Nullable DeviceId device, GatewayAddress gateway) {

  static Seat of(Caller caller, GatewayAddress gateway) {
    return new Seat(requireNonNull(caller.socket()), caller.device(), gateway);
  }

  /** Whether the other one is a later session of the same device. */
  boolean returnsAs(Seat other) {
    return device != null && device.equals(other.device);
  }
}
