package org.carewire.protocol;

import org.jspecify.annotations.Nullable;

/** {@code message:send}: stored in the room's log, then sent to all its members. */
public record SendMessage(
    RoomId room, @Nullable ClientMessageId clientMessageId, MessageContent content)
    implements Command.InRoom {

  static SendMessage decode(Fields fields, Caller caller) {
    RoomId room = MessageRoom.named(fields, caller, "roomId", "recipientId", "visitId");
    return new SendMessage(
        room,
        fields.parsed("clientMessageId", ClientMessageId::new),
        MessageContent.decode(fields, caller.role()));
  }
}
