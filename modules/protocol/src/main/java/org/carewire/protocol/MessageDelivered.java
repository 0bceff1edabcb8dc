package org.carewire.protocol;

import java.time.Instant;

/**
 * Event {@code message:delivered}, to the author of a message.
 *
 * @param messageId the newest of the author's messages that this is about
 * @param offset up to which all has been delivered to the user
 */
public record MessageDelivered(
    EntryId messageId, RoomId roomId, long offset, UserId userId, Instant timestamp) {}
