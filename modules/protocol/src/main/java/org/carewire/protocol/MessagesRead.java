package org.carewire.protocol;

import java.time.Instant;
import java.util.List;

/**
 * Event {@code message:read}, to the author of messages.
 *
 * @param messageIds the author's messages that this is about, oldest first
 * @param offset up to which the user has read
 */
public record MessagesRead(
    List<EntryId> messageIds, RoomId roomId, long offset, UserId userId, Instant timestamp) {}
