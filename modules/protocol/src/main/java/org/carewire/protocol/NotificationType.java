package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a notification is about; on the wire in lower case. */
public enum NotificationType {
  APPOINTMENT_REMINDER,
  APPOINTMENT_CANCELLED,
  APPOINTMENT_RESCHEDULED,
  MESSAGE_RECEIVED,
  CALL_MISSED,
  PRESCRIPTION_READY,
  LAB_RESULTS_READY,
  PAYMENT_RECEIVED,
  PAYMENT_FAILED,
  SYSTEM_ALERT;

  /**
   * Reads a type.
   *
   * @throws Refusal {@code BAD_REQUEST} for an unknown word
   */
  @JsonCreator
  public static NotificationType parse(String word) {
    for (NotificationType type : values()) {
      if (type.wireName().equals(word)) {
        return type;
      }
    }
    throw Refusal.badRequest("There is no such type of notifications");
  }

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
