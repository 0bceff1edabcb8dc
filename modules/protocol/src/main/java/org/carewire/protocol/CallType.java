package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a call begins with; on the wire in lower case. */
public enum CallType {
  VIDEO,
  AUDIO;

  @JsonCreator
  public static CallType parse(String word) {
    return switch (word) {
      case "video" -> VIDEO;
      case "audio" -> AUDIO;
      default -> throw Refusal.badRequest("A callType is video or audio");
    };
  }

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
