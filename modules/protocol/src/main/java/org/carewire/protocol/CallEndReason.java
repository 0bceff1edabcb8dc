package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Why a call is over, or why a participant has left it; on the wire in lower case. */
public enum CallEndReason {
  /** A participant ended it for everyone. */
  HANGUP,
  /** A participant left; the call, when fewer than two were in it. */
  LEFT,
  /** The caller hung up while it rang. */
  CANCELLED,
  /** Everyone who was called declined. */
  DECLINED,
  /** Everyone who was called was in another call. */
  BUSY,
  /** Nobody answered in time. */
  NO_ANSWER,
  /** The connection was lost and did not come back in time. */
  CONNECTION_LOST,
  VISIT_CANCELLED,
  /** Taken off the visit or the group. */
  REMOVED;

  @JsonCreator
  static CallEndReason ofWireName(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
