package org.carewire.protocol;

import java.util.List;

/** The list that presence requests have. */
final class UserIds {
  private static final String FIELD = "userIds";

  private UserIds() {}

  /** Each once, in their order. */
  static List<UserId> required(Fields fields) {
    if (!fields.has(FIELD)) {
      throw Refusal.badRequest(FIELD, FIELD + " is required");
    }
    return fields.parsedList(FIELD, UserId::new).stream().distinct().toList();
  }
}
