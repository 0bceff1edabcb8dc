package org.carewire.chat;

import java.util.List;
import org.carewire.protocol.History.Receipt;
import org.carewire.rooms.Entry;
import org.carewire.rooms.RoomListStore.ListedRoom;

/** How far a message has come with everyone but its sender. */
final class Statuses {
  private Statuses() {}

  /** Of a room's last message. */
  static String of(ListedRoom room) {
    Long delivered = room.deliveredToAll();
    Long read = room.readByAll();
    return delivered == null || read == null || delivered < room.top()
        ? "sent"
        : read < room.top() ? "delivered" : "read";
  }

  static String of(Entry entry, List<Receipt> receipts) {
    boolean delivered = false;
    boolean read = true;
    for (Receipt receipt : receipts) {
      if (receipt.userId().equals(entry.sender())) {
        continue;
      }
      if (receipt.delivered() < entry.offset()) {
        return "sent";
      }
      delivered = true;
      read &= receipt.read() >= entry.offset();
    }
    return !delivered ? "sent" : read ? "read" : "delivered";
  }
}
