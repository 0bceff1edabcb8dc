package org.carewire.protocol;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reply to {@link ReadLog}.
 *
 * @param entries of the stretches in their order, and by offset
 * @param denied rooms that the caller has no access to
 * @param full whether it ends where it would have become too large
 */
public record LogPage(List<LogEntry> entries, Set<RoomId> denied, boolean full) {

  /**
   * An entry.
   *
   * @param sender absent where the server made it
   * @param message as clients see it
   */
  public record LogEntry(RoomId room, long offset, @Nullable UserId sender, RawJson message) {}
}
