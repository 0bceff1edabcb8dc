package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What others see of a user; on the wire in lower case. */
public enum PresenceStatus {
  ONLINE,
  AWAY,
  BUSY,
  IN_CALL,
  OFFLINE;

  @JsonCreator
  public static PresenceStatus parse(String word) {
    for (PresenceStatus status : values()) {
      if (status.wireName().equals(word)) {
        return status;
      }
    }
    throw Refusal.badRequest("A status is online, away, busy, in_call or offline");
  }

  /**
   * Reads a status that a user may set.
   *
   * @throws Refusal {@code BAD_REQUEST} for an unknown word, and for {@code offline}, which is
   *     nothing that somebody who is there could be
   */
  static PresenceStatus parseSettable(String word) {
    for (PresenceStatus status : values()) {
      if (status != OFFLINE && status.wireName().equals(word)) {
        return status;
      }
    }
    throw Refusal.badRequest("The status to set is online, away, busy or in_call");
  }

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
