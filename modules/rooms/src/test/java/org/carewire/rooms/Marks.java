package org.carewire.rooms;

import java.util.List;
import org.carewire.protocol.Caller;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.MarkMessages;
import org.carewire.protocol.ReceiptKind;
import org.carewire.protocol.RoomId;
import org.carewire.rooms.ReceiptStore.Request;

/** What people in these tests acknowledge. */
final class Marks {
  private Marks() {}

  static Request received(Caller caller, RoomId room, long offset) {
    return upTo(caller, ReceiptKind.DELIVERED, room, offset);
  }

  static Request read(Caller caller, RoomId room, long offset) {
    return upTo(caller, ReceiptKind.READ, room, offset);
  }

  private static Request upTo(Caller caller, ReceiptKind kind, RoomId room, long offset) {
    return new Request(caller, new MarkMessages(kind, List.of(), room, offset));
  }

  static Request read(Caller caller, EntryId... messages) {
    return new Request(caller, new MarkMessages(ReceiptKind.READ, List.of(messages), null, 0));
  }

  static Request readIn(Caller caller, RoomId room, EntryId... messages) {
    return new Request(caller, new MarkMessages(ReceiptKind.READ, List.of(messages), room, 0));
  }
}
