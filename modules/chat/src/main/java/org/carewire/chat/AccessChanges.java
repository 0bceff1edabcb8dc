package org.carewire.chat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.protocol.Caller;
import org.carewire.protocol.CheckCallMembers;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.rooms.Access;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes users who lost their access out of rooms and calls, at once and on every node. */
final class AccessChanges {
  private static final Logger log = LoggerFactory.getLogger(AccessChanges.class);

  private final Access access;
  private final Deliveries deliveries;
  private final CheckingCalls calls;

  AccessChanges(Access access, Deliveries deliveries, CheckingCalls calls) {
    this.access = access;
    this.deliveries = deliveries;
    this.calls = calls;
  }

  /**
   * The members of a visit or a group were set; all others are out, also where an earlier attempt
   * could not say so.
   *
   * @param caller who has set them
   * @param rooms of the visit or the group
   * @param removed who has just been taken off
   */
  void membersSet(Caller caller, Set<RoomId> rooms, Set<UserId> members, List<UserId> removed) {
    TenantId tenant = caller.tenant();
    deliveries.send(new Delivery.MembersSet(tenant, rooms, members, Set.copyOf(removed)));
    checkCalls(caller, rooms);
    if (removed.isEmpty()) {
      return;
    }
    access
        .silenced(tenant, chats(removed, members))
        .onSuccess(
            chats -> {
              deliveries.send(
                  new Delivery.MembersSet(tenant, Set.copyOf(chats), Set.of(), Set.of()));
              checkCalls(caller, chats);
            })
        .onFailure(
            failure ->
                log.atWarn()
                    .addKeyValue("cause", failure.getClass().getSimpleName())
                    .log("access.chatsNotChecked"));
  }

  /** A call is of the room that holds its messages. */
  private void checkCalls(Caller caller, Collection<RoomId> rooms) {
    Set<RoomId> holding =
        rooms.stream()
            .filter(room -> room.kind().holdsMessages())
            .collect(Collectors.toUnmodifiableSet());
    if (!holding.isEmpty()) {
      calls.check(caller, new CheckCallMembers(holding));
    }
  }

  /** The chats whose two users shared the visit or group and do so no longer. */
  private static List<RoomId> chats(List<UserId> users, Collection<UserId> remaining) {
    Set<UserId> others = new HashSet<>(remaining);
    others.addAll(users);
    var chats = new HashSet<RoomId>();
    for (UserId user : users) {
      for (UserId other : others) {
        if (!user.equals(other)) {
          chats.add(RoomId.chat(user, other));
        }
      }
    }
    return new ArrayList<>(chats);
  }
}
