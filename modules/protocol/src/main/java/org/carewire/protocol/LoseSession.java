package org.carewire.protocol;

/**
 * The gateway's word that a session which had joined a room, or typed in it, has ended.
 *
 * @param joined whether others may see it in the room
 */
public record LoseSession(RoomId room, boolean joined) implements Command.InRoom {}
