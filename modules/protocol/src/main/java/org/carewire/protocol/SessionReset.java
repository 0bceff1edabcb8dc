package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Event {@code session:reset}: the position that the client gave for a room counts for nothing.
 *
 * @param top the highest offset of the room's log
 */
public record SessionReset(RoomId roomId, Reason reason, long top) {

  /** Why it counts for nothing. */
  public enum Reason {
    /** It belongs to another history. */
    UNKNOWN_EPOCH("unknownEpoch"),
    /** There is no such entry yet. */
    ABOVE_TOP("aboveTop");

    private final String wireName;

    Reason(String wireName) {
      this.wireName = wireName;
    }

    @JsonValue
    public String wireName() {
      return wireName;
    }
  }
}
