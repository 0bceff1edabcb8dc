package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far a call has come; on the wire in lower case. Those from {@code ENDED} on are final. */
public enum CallStatus {
  RINGING,
  /** Somebody has answered. */
  ACCEPTED,
  /** Media flows, as far as the server can tell. */
  IN_PROGRESS,
  ENDED,
  /** Everyone who was called declined or was busy. */
  REJECTED,
  /** Nobody answered in time. */
  MISSED,
  /** The caller was gone before anybody answered. */
  FAILED;

  @JsonCreator
  static CallStatus ofWireName(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
