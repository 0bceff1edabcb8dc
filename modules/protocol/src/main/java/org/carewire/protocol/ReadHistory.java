package org.carewire.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * {@code message:history}: a page of a room's messages, the newest that match unless {@code after}
 * is given, which asks for the oldest.
 *
 * @param beforeTime only entries stored before this
 * @param beforeOffset only entries below this offset
 * @param afterOffset only entries above this offset
 */
public record ReadHistory(
    RoomId room,
    int limit,
    @Nullable Instant beforeTime,
    @Nullable Long beforeOffset,
    @Nullable Long afterOffset)
    implements Command.InRoom {
  private static final int MAX_LIMIT = 200;
  private static final int DEFAULT_LIMIT = 50;

  static ReadHistory decode(Fields fields, Caller caller) {
    return page(MessageRoom.named(fields, caller, "roomId", "visitId"), fields);
  }

  /** A page of {@code room} as the fields {@code limit}, {@code before} and {@code after} ask. */
  public static ReadHistory page(RoomId room, Fields fields) {
    boolean beforeIsOffset = fields.isNumber("before");
    return new ReadHistory(
        MessageRoom.require(room, "roomId"),
        fields.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
        beforeIsOffset ? null : fields.time("before"),
        beforeIsOffset ? fields.offset("before") : null,
        fields.offset("after"));
  }
}
