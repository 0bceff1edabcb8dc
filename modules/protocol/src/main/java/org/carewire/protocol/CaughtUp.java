package org.carewire.protocol;

import java.util.List;

/**
 * Event {@code session:caughtUp}: all that was missed has been sent.
 *
 * @param rooms of the user that have a log, up to where they were sent
 */
public record CaughtUp(List<Top> rooms) {

  /**
   * A room.
   *
   * @param top the highest offset of its log
   */
  public record Top(RoomId roomId, long top) {}
}
