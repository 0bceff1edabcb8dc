package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How present clients label a room when they join it; it decides nothing. */
public enum RoomType {
  CHAT,
  VIDEO_CALL,
  NOTIFICATION;

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
