package org.carewire.protocol;

import java.util.Set;

/**
 * Who may be in calls of these rooms has changed, or whether there are to be any: those who may not
 * are taken out of them.
 *
 * @param rooms that hold the records of calls: chats, visits, groups
 */
public record CheckCallMembers(Set<RoomId> rooms) implements Command {}
