package org.carewire.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /notifications}: the same for each of some users.
 *
 * @param users each once
 * @param sendAt when they are to be sent; absent: now
 * @param key by which a repeat is known
 */
public record PostNotifications(
    List<UserId> users,
    NotificationContent content,
    @Nullable Instant sendAt,
    @Nullable IdempotencyKey key)
    implements Command {

  public static PostNotifications decode(Fields fields, @Nullable IdempotencyKey key) {
    UserId one = fields.parsed("userId", UserId::new);
    List<UserId> several =
        fields.parsedList("userIds", fields.limits().notifiedUsers(), UserId::new).stream()
            .distinct()
            .toList();
    if (one != null && fields.has("userIds")) {
      throw Refusal.badRequest("userIds", "Either userId or userIds, not both");
    }
    if (one == null && several.isEmpty()) {
      throw Refusal.badRequest(
          fields.has("userIds") ? "userIds" : "userId", "Either userId or userIds is required");
    }
    return new PostNotifications(
        one == null ? several : List.of(one),
        NotificationContent.decode(fields, null),
        fields.time("sendAt"),
        key);
  }
}
