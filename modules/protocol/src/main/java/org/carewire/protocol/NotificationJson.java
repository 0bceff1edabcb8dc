package org.carewire.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A notification on the wire. Its stored {@link NotificationContent} is taken over as it is; ids
 * and times need no escaping.
 */
public final class NotificationJson {
  /** What is before and after the content. */
  private static final int ENVELOPE_CHARACTERS = 300;

  private NotificationJson() {}

  /**
   * A notification of a user.
   *
   * @param content a JSON object with at least one field
   * @param readAt absent where it is not read
   */
  public static RawJson of(
      RoomId room,
      EntryId id,
      long offset,
      Instant timestamp,
      String content,
      @Nullable Instant readAt) {
    var json = new StringBuilder(content.length() + ENVELOPE_CHARACTERS);
    json.append("{\"id\":\"").append(id);
    json.append("\",\"roomId\":\"").append(room);
    json.append("\",\"offset\":").append(offset).append(',');
    json.append(content, 1, content.length() - 1);
    json.append(",\"timestamp\":\"").append(Json.time(timestamp));
    json.append("\",\"read\":").append(readAt != null);
    if (readAt != null) {
      json.append(",\"readAt\":\"").append(Json.time(readAt)).append('"');
    }
    return RawJson.of(json.append('}').toString());
  }
}
