package org.carewire.protocol;

/**
 * How far a user's receipts in a room have moved, once that is stored. As a command, that it be
 * told to the authors of what lies between.
 */
public record ReceiptMoved(
    RoomId room, UserId user, long deliveredBefore, long delivered, long readBefore, long read)
    implements Command.InRoom {}
