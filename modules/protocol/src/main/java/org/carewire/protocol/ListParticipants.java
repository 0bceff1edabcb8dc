package org.carewire.protocol;

/** {@code room:participants}. */
public record ListParticipants(RoomId room) implements Command.InRoom {

  static ListParticipants decode(Fields fields, Caller caller) {
    return new ListParticipants(fields.requiredParsed("roomId", RoomId::parse));
  }
}
