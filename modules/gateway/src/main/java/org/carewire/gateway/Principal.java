package org.carewire.gateway;

import java.time.Instant;
import org.carewire.protocol.Caller;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.Role;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** Who a token says it is, since when and until when. */
record Principal(TenantId tenant, UserId user, Role role, Instant issuedAt, Instant expiresAt) {

  Caller caller(@Nullable SocketId socket, @Nullable DeviceId device) {
    return new Caller(tenant, user, role, socket, device);
  }
}
