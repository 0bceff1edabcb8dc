package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is wrong with what a participant receives; on the wire in lower case. */
public enum QualityIssue {
  HIGH_PACKET_LOSS,
  HIGH_LATENCY,
  HIGH_JITTER,
  LOW_BITRATE;

  @JsonCreator
  static QualityIssue ofWireName(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
