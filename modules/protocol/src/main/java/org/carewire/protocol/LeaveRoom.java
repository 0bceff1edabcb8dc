package org.carewire.protocol;

/** {@code room:leave}. */
public record LeaveRoom(RoomId room) implements Command.InRoom {

  static LeaveRoom decode(Fields fields, Caller caller) {
    return new LeaveRoom(fields.requiredParsed("roomId", RoomId::parse));
  }
}
