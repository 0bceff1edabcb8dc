package org.carewire.chat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.rooms.Access;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes users who lost their access out of rooms, at once and on every node. */
final class AccessChanges {
  private static final Logger log = LoggerFactory.getLogger(AccessChanges.class);

  private final Access access;
  private final Deliveries deliveries;
  private final Participants participants;

  AccessChanges(Access access, Deliveries deliveries, Participants participants) {
    this.access = access;
    this.deliveries = deliveries;
    this.participants = participants;
  }

  /**
   * Users were taken off a visit or a group.
   *
   * @param rooms of the visit or the group
   * @param remaining who is still in it
   */
  void takeOut(
      TenantId tenant, List<RoomId> rooms, List<UserId> users, Collection<UserId> remaining) {
    if (users.isEmpty()) {
      return;
    }
    rooms.forEach(room -> takeOut(tenant, room, users));
    access
        .silenced(tenant, chats(users, remaining))
        .onSuccess(chats -> chats.forEach(chat -> takeOut(tenant, chat, usersOf(chat))))
        .onFailure(
            failure ->
                log.atWarn()
                    .addKeyValue("cause", failure.getClass().getSimpleName())
                    .log("access.chatsNotChecked"));
  }

  private void takeOut(TenantId tenant, RoomId room, List<UserId> users) {
    deliveries.send(new Delivery.AccessLost(tenant, List.of(room), users));
    participants.removeUsers(tenant, room, users);
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

  private static List<UserId> usersOf(RoomId chat) {
    return chat.names().stream().map(UserId::new).toList();
  }
}
