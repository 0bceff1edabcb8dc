package org.carewire.signaling;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carewire.protocol.Caller;
import org.carewire.protocol.CheckCallMembers;
import org.carewire.protocol.Done;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.UserId;
import org.carewire.signaling.RightsStore.Holders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes those out of calls who may no longer be in their room. */
final class CheckingMembers {
  private static final Logger log = LoggerFactory.getLogger(CheckingMembers.class);

  /** In whose name the server asks. */
  private static final UserId NOBODY = new UserId("carewire");

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
        .compose(holders -> Future.join(found.stream().map(call -> check(call, holders)).toList()));
  }

  private Future<?> check(Call call, Map<RoomId, Holders> holders) {
    return calls.applyWhereItMatters(call, event(holders.get(call.room())));
  }

  /** A call has begun, by rights that were looked up before. */
  void checkBegun(Call call) {
    RoomId room = call.room();
    if (room != null && !call.over()) {
      rights
          .holders(call.tenant(), Set.of(room))
          .compose(holders -> check(call, holders))
          .onFailure(CheckingMembers::notChecked);
    }
  }

  /** The rooms of all calls, where somebody may have died before saying what has changed. */
  Future<?> checkAll() {
    return CallStore.liveRooms(pool)
        .compose(
            rooms ->
                Future.join(
                    rooms.entrySet().stream()
                        .map(
                            of ->
                                check(
                                    new Caller(of.getKey(), NOBODY, Role.SERVICE, null, null),
                                    new CheckCallMembers(of.getValue())))
                        .toList()))
        .onFailure(CheckingMembers::notChecked);
  }

  private static void notChecked(Throwable failure) {
    log.atWarn()
        .addKeyValue("cause", failure.getClass().getSimpleName())
        .log("calls.membersNotChecked");
  }

  /** Of a room that there is not nobody is a member. */
  private static CallEvent event(@Nullable Holders holders) {
    if (holders == null) {
      return new CallEvent.CheckMembers(Set.of());
    }
    return holders.cancelled()
        ? new CallEvent.CancelVisit()
        : new CallEvent.CheckMembers(holders.members());
  }
}
