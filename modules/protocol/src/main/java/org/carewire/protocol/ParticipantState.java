package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What one user is to a call; on the wire in lower case. */
public enum ParticipantState {
  /** Was busy when the others were rung, and may join. */
  INVITED,
  RINGING,
  JOINED,
  LEFT,
  DECLINED,
  /** Did not answer in time. */
  MISSED;

  @JsonCreator
  static ParticipantState ofWireName(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a user cannot be in another call meanwhile. */
  public boolean isLive() {
    return this == RINGING || this == JOINED;
  }
}
