package org.carewire.protocol;

import java.time.Instant;

/** Event {@code typing:start} and {@code typing:stop}. */
public record TypingChange(RoomId roomId, UserId userId, Role userRole, Instant timestamp) {}
