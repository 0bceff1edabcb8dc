package org.carewire.protocol;

import java.util.List;

/**
 * The gateway's request for entries that a session has missed, in several rooms at once.
 *
 * @param maxBytes of contents, after which no further entry is read
 */
public record ReadLog(List<Stretch> stretches, int maxBytes) implements Command {

  /**
   * A part of a room's log, of which the first entries are read.
   *
   * @param after excluded
   * @param upTo included
   */
  public record Stretch(RoomId room, long after, long upTo) {}
}
