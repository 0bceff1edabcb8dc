package org.carewire.protocol;

import java.util.Set;

/**
 * From now on only these may be in calls of these rooms; all others are taken out of them.
 *
 * @param cancelled whether the calls end
 */
public record CheckCallMembers(Set<RoomId> rooms, Set<UserId> members, boolean cancelled)
    implements Command {}
