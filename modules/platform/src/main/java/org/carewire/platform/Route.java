package org.carewire.platform;

import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/**
 * What deliveries find their way by: the user or the joined room of a session.
 *
 * @param name of the tenant and of one in it
 */
public record Route(String name) {
  public static Route to(TenantId tenant, UserId user) {
    return new Route(tenant + "/" + user);
  }

  /** No user is named like a room. */
  public static Route to(TenantId tenant, RoomId room) {
    return new Route(tenant + "/" + room);
  }

  /** In Redis, a set of nodes. */
  String key() {
    return "carewire:route:{" + name + "}";
  }

  /** Users have names. */
  @Override
  public String toString() {
    return "Route[...]";
  }
}
