package org.carewire.protocol;

import java.util.List;

/**
 * The gateway's question where the logs of a caller's rooms stand, and where its device does; a
 * device that is new is noted, at the top of each.
 *
 * @param rooms which of them; empty: all that have a log
 */
public record FindPositions(List<RoomId> rooms) implements Command {}
