package org.carewire.gateway;

import io.vertx.core.Future;
import org.carewire.protocol.Caller;
import org.carewire.protocol.FindConnected;
import org.carewire.protocol.UsersConnected;

/** Says which users have sessions at any gateway instance of the node. */
final class FindingConnected {
  private final SharedLimits shared;

  FindingConnected(SharedLimits shared) {
    this.shared = shared;
  }

  Future<UsersConnected> find(Caller caller, FindConnected find) {
    return Future.succeededFuture(
        new UsersConnected(
            find.users().stream()
                .filter(user -> shared.hasSessions(caller.tenant(), user))
                .toList()));
  }
}
