package org.carewire.chat;

import java.util.List;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** Takes users who lost their access out of a room, at once and on every node. */
final class AccessChanges {
  private final Deliveries deliveries;
  private final Participants participants;

  AccessChanges(Deliveries deliveries, Participants participants) {
    this.deliveries = deliveries;
    this.participants = participants;
  }

  void takeOut(TenantId tenant, RoomId room, List<UserId> users) {
    if (users.isEmpty()) {
      return;
    }
    deliveries.send(new Delivery.AccessLost(tenant, List.of(room), users));
    participants.removeUsers(tenant, room, users);
  }
}
