package org.carewire.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reply to {@code room:list}, newest first. */
public record RoomList(List<Summary> rooms, boolean hasMore) {

  /**
   * One of the caller's rooms.
   *
   * @param read the highest offset the caller has read
   * @param delivered the highest offset any device of the caller has acknowledged
   * @param unread entries of others above {@code read}
   * @param lastMessage absent in a room without messages, or where the page is full
   */
  public record Summary(
      RoomId roomId,
      long top,
      long read,
      long delivered,
      long unread,
      @Nullable RawJson lastMessage,
      List<UserId> members,
      Instant updatedAt) {}
}
