package org.carewire.signaling;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.List;
import org.carewire.protocol.Caller;
import org.carewire.protocol.CheckCallMembers;
import org.carewire.protocol.Done;
import org.carewire.protocol.RoomId;

/** Takes those out of calls who may no longer be in their room. */
final class CheckingMembers {
  private final Pool pool;
  private final Calls calls;

  CheckingMembers(Pool pool, Calls calls) {
    this.pool = pool;
    this.calls = calls;
  }

  Future<Done> check(Caller caller, CheckCallMembers command) {
    CallEvent event =
        command.cancelled()
            ? new CallEvent.CancelVisit()
            : new CallEvent.CheckMembers(command.members());
    List<String> rooms = command.rooms().stream().map(RoomId::value).toList();
    return CallStore.liveIn(pool, caller.tenant(), rooms)
        .compose(
            found ->
                Future.join(
                    found.stream()
                        .map(call -> calls.apply(call.tenant(), call.id(), event))
                        .toList()))
        .map(Done.DONE);
  }
}
