package org.carewire.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * {@code notification:list}: the newest first.
 *
 * @param before only those stored before this
 */
public record ListNotifications(int limit, @Nullable Instant before, boolean unreadOnly)
    implements Command {
  private static final int MAX_LIMIT = 200;
  private static final int DEFAULT_LIMIT = 50;

  static ListNotifications decode(Fields fields, Caller caller) {
    return new ListNotifications(
        fields.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
        fields.time("before"),
        Boolean.TRUE.equals(fields.flag("unreadOnly")));
  }
}
