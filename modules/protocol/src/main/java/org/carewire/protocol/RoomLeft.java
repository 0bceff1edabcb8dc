package org.carewire.protocol;

import java.time.Instant;

/** Reply to {@code room:leave}. */
public record RoomLeft(RoomId roomId, Instant timestamp) {}
