package org.carewire.signaling;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import org.carewire.protocol.Caller;
import org.carewire.protocol.FindRinging;
import org.carewire.protocol.Json;
import org.carewire.protocol.RingingFound;

/** Whether somebody calls a user who has just connected. */
final class FindingRinging {
  private final Pool pool;

  FindingRinging(Pool pool) {
    this.pool = pool;
  }

  Future<RingingFound> find(Caller caller, FindRinging command) {
    return CallStore.liveOf(pool, caller.tenant(), caller.user())
        .map(
            call ->
                call != null && call.party(caller.user()).filter(Party::ringing).isPresent()
                    ? new RingingFound(call.id(), Json.raw(CallMachine.incoming(call)))
                    : new RingingFound(null, null));
  }
}
