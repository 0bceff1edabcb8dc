package org.carewire.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * {@code room:list}: the caller's rooms that hold messages, newest first.
 *
 * @param before only rooms last changed before this
 */
public record ListRooms(int limit, @Nullable Instant before) implements Command {
  private static final int MAX_LIMIT = 200;
  private static final int DEFAULT_LIMIT = 50;

  static ListRooms decode(Fields fields, Caller caller) {
    return new ListRooms(
        fields.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT), fields.time("before"));
  }
}
