package org.carewire.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reply to {@link FindPositions}; rooms that the caller is no member of are left out. */
public record Positions(List<Position> positions) {

  /**
   * One room.
   *
   * @param top the highest offset of its log
   * @param cursor the highest offset that the caller's device has acknowledged; absent for a caller
   *     without one
   */
  public record Position(RoomId room, long top, @Nullable Long cursor) {}
}
