package org.carewire.rooms;

/**
 * That a caller may be in a room.
 *
 * @param roomKey of the room's row; 0 where there is none yet, as for a chat without messages
 * @param top the highest offset of the room's log
 * @param byAdmin whether it is only because the caller is an admin, which the audit log records
 */
public record RoomAccess(long roomKey, long top, boolean byAdmin) {}
