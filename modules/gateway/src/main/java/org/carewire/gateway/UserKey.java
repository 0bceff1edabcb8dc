package org.carewire.gateway;

import org.carewire.protocol.Caller;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** A user, among those of all tenants. */
record UserKey(TenantId tenant, UserId user) {

  static UserKey of(Caller caller) {
    return new UserKey(caller.tenant(), caller.user());
  }

  static UserKey of(PresenceState state) {
    return new UserKey(state.tenant(), state.userId());
  }
}
