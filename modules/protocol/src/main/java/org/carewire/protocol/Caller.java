package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request, as the gateway has verified it.
 *
 * @param socket the session it came by; absent for a request over HTTP
 */
public record Caller(
    TenantId tenant, UserId user, Role role, @Nullable SocketId socket, @Nullable DeviceId device) {

  @JsonIgnore
  public boolean isAdmin() {
    return role == Role.ADMIN;
  }

  /** Whether the platform itself asks: one of its services, or an admin. */
  @JsonIgnore
  public boolean isPlatform() {
    return role == Role.SERVICE || role == Role.ADMIN;
  }

  /**
   * What tells a participant that returns from another one: its device, or for a client without one
   * its user.
   */
  public String returningAs() {
    return device == null ? "user:" + user : "device:" + user + ":" + device;
  }
}
