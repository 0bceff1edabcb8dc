package org.carewire.rooms;

import java.util.List;

/** What became of a user's request to move receipts. */
public sealed interface Marked {

  /**
   * The receipts stand where they were asked to, or higher.
   *
   * @param reached in which rooms, of which the user is a member
   */
  record Stored(List<Reached> reached) implements Marked {}

  /** The user has no access to something that was named, or it is not there. */
  record Denied() implements Marked {}

  /** Something that was named is not there, and the user may know that. */
  record NotFound() implements Marked {}

  /** The offset is above the room's top. */
  record AboveTop() implements Marked {}

  /** An offset in a room that was acknowledged. */
  record Reached(long roomKey, long offset) {}
}
