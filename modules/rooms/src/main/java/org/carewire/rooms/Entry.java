package org.carewire.rooms;

import java.time.Instant;
import org.carewire.protocol.ClientMessageId;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/**
 * Something durable in a room.
 *
 * @param offset its position in the room: 1, 2, 3 ...
 * @param sender absent where the server made it
 * @param content a JSON object, as it was stored
 */
public record Entry(
    RoomId room,
    long offset,
    EntryId id,
    EntryKind kind,
    @Nullable UserId sender,
    @Nullable ClientMessageId clientMessageId,
    RawJson content,
    Instant createdAt) {}
