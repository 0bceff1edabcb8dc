package org.carewire.protocol;

import java.time.Instant;

/** A session that joined a room. */
public record Participant(SocketId socketId, UserId userId, Role userRole, Instant joinedAt) {}
