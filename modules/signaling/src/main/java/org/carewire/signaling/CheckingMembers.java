package org.carewire.signaling;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.Set;
import org.carewire.protocol.Caller;
import org.carewire.protocol.CheckCallMembers;
import org.carewire.protocol.Done;
import org.carewire.protocol.RoomId;
import org.carewire.signaling.RightsStore.Holders;
import org.jspecify.annotations.Nullable;

/** Takes those out of calls who may no longer be in their room. */
final class CheckingMembers {
  private final Pool pool;
  private final RightsStore rights;
  private final Calls calls;

  CheckingMembers(Pool pool, RightsStore rights, Calls calls) {
    this.pool = pool;
    this.rights = rights;
    this.calls = calls;
  }

  Future<Done> check(Caller caller, CheckCallMembers command) {
    List<String> rooms = command.rooms().stream().map(RoomId::value).toList();
    return CallStore.liveIn(pool, caller.tenant(), rooms)
        .compose(
            found -> found.isEmpty() ? Future.succeededFuture() : check(caller, command, found))
        .map(Done.DONE);
  }

  private Future<?> check(Caller caller, CheckCallMembers command, List<Call> found) {
    return rights
        .holders(caller.tenant(), command.rooms())
        .compose(
            holders ->
                Future.join(
                    found.stream()
                        .map(
                            call ->
                                calls.apply(
                                    call.tenant(), call.id(), event(holders.get(call.room()))))
                        .toList()));
  }

  /** A chat in which nobody has written yet is no room that there is. */
  private static CallEvent event(@Nullable Holders holders) {
    if (holders == null) {
      return new CallEvent.CheckMembers(Set.of());
    }
    return holders.cancelled()
        ? new CallEvent.CancelVisit()
        : new CallEvent.CheckMembers(holders.members());
  }
}
