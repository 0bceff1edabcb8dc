package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a WebRTC signal is, as its sender says; on the wire in lower case with hyphens. */
public enum SignalType {
  OFFER,
  ANSWER,
  ICE_CANDIDATE,
  RENEGOTIATE;

  @JsonCreator
  public static SignalType parse(String word) {
    return switch (word) {
      case "offer" -> OFFER;
      case "answer" -> ANSWER;
      case "ice-candidate" -> ICE_CANDIDATE;
      case "renegotiate" -> RENEGOTIATE;
      default ->
          throw Refusal.badRequest("A signalType is offer, answer, ice-candidate or renegotiate");
    };
  }

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
