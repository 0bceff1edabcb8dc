package org.carewire.protocol;

/** The gateway's word that a session is in a room, which may have been forgotten. */
public record StayInRoom(RoomId room) implements Command.InRoom {}
