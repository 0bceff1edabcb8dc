package org.carewire.presence;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.UserId;
import org.carewire.rooms.SightStore;

/**
 * Who may see whom: everybody oneself and those with whom one shares a visit, a group or a chat,
 * admins their tenant.
 */
final class Sight {
  private final Pool pool;

  Sight(Pool pool) {
    this.pool = pool;
  }

  /** Those of the users whom the caller may see, in their order. */
  Future<List<UserId>> of(Caller caller, List<UserId> users) {
    return hidden(caller, users)
        .map(hidden -> users.stream().filter(user -> !hidden.contains(user)).toList());
  }

  /** Fails with a {@link Refusal} where the caller may not see one of the users. */
  Future<Void> require(Caller caller, List<UserId> users) {
    return hidden(caller, users)
        .map(
            hidden -> {
              if (!hidden.isEmpty()) {
                throw sees(caller)
                    ? new Refusal(ErrorCode.NOT_FOUND, "There is no such user", "userIds", null)
                    : new Refusal(
                        ErrorCode.ACCESS_DENIED,
                        "Access denied to the presence of a user of the list",
                        "userIds",
                        null);
              }
              return null;
            });
  }

  private Future<Set<UserId>> hidden(Caller caller, List<UserId> users) {
    List<UserId> others = users.stream().filter(user -> !user.equals(caller.user())).toList();
    if (others.isEmpty()) {
      return Future.succeededFuture(Set.of());
    }
    return (sees(caller)
            ? SightStore.unknown(pool, caller.tenant(), others)
            : SightStore.strangers(pool, caller.tenant(), caller.user(), others))
        .map(HashSet::new);
  }

  /** Whether the caller may see everyone of the tenant: an admin, or over HTTP a service. */
  private static boolean sees(Caller caller) {
    return caller.isAdmin() || (caller.isPlatform() && caller.socket() == null);
  }
}
