package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How much a notification asks for attention; on the wire in lower case. */
public enum NotificationPriority {
  LOW,
  MEDIUM,
  HIGH,
  URGENT;

  /**
   * Reads a priority.
   *
   * @throws Refusal {@code BAD_REQUEST} for an unknown word
   */
  @JsonCreator
  public static NotificationPriority parse(String word) {
    for (NotificationPriority priority : values()) {
      if (priority.wireName().equals(word)) {
        return priority;
      }
    }
    throw Refusal.badRequest("A priority is low, medium, high or urgent");
  }

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
