package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a visit stands; on the wire in lower case. */
public enum VisitStatus {
  WAITING,
  IN_PROGRESS,
  COMPLETED,
  CANCELLED;

  /**
   * Reads a status.
   *
   * @throws Refusal {@code BAD_REQUEST} for an unknown word
   */
  @JsonCreator
  public static VisitStatus parse(String word) {
    for (VisitStatus status : values()) {
      if (status.wireName().equals(word)) {
        return status;
      }
    }
    throw Refusal.badRequest("A status is waiting, in_progress, completed or cancelled");
  }

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
