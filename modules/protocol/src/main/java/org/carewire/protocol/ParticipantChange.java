package org.carewire.protocol;

import java.time.Instant;

/** Event {@code room:userJoined} and {@code room:userLeft}. */
public record ParticipantChange(
    RoomId roomId, UserId userId, Role userRole, SocketId socketId, Instant timestamp) {}
