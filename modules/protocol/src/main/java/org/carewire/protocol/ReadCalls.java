package org.carewire.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * {@code call:history}: a page of calls, the newest first.
 *
 * @param visit whose calls; absent: those of {@code user}
 * @param user whose calls; the caller's own where neither is given
 * @param before only calls that began before this
 */
public record ReadCalls(@Nullable VisitId visit, UserId user, int limit, @Nullable Instant before)
    implements Command {
  private static final int MAX_LIMIT = 200;
  private static final int DEFAULT_LIMIT = 50;

  static ReadCalls decode(Fields fields, Caller caller) {
    VisitId visit = fields.parsed("visitId", VisitId::new);
    UserId user = fields.parsed("userId", UserId::new);
    if (visit != null && user != null) {
      throw Refusal.badRequest("userId", "A history is for either visitId or userId");
    }
    return new ReadCalls(
        visit,
        user == null ? caller.user() : user,
        fields.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
        fields.time("before"));
  }
}
