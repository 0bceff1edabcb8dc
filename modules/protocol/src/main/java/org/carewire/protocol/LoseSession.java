package org.carewire.protocol;

/** The gateway's word that a session which had joined a room, or typed in it, has ended. */
public record LoseSession(RoomId room) implements Command.InRoom {}
