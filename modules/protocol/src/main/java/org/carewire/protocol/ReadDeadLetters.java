package org.carewire.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /push/dead-letters}: pushes that were given up, the latest first.
 *
 * @param before only those given up before this
 */
public record ReadDeadLetters(int limit, @Nullable Instant before) implements Command {
  private static final int MAX_LIMIT = 200;
  private static final int DEFAULT_LIMIT = 50;

  public static ReadDeadLetters decode(Fields fields) {
    return new ReadDeadLetters(
        fields.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT), fields.time("before"));
  }
}
