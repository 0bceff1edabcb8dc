package org.carewire.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalInt;

/**
 * Reads the frames of the SockJS protocol 0.3: {@code o}, {@code h}, {@code a[…]}, {@code c[…]}.
 */
final class SockJsFrames {
  /** As SockJS's own client puts it, who is greeted twice has been forgotten meanwhile. */
  private static final int SESSION_LOST = 1006;

  private final SockJsCarrier.Listener listener;
  private final Pings pings = new Pings();
  private boolean isOpen;

  SockJsFrames(SockJsCarrier.Listener listener) {
    this.listener = listener;
  }

  Pings pings() {
    return pings;
  }

  /** Answers with which code the session was closed, if it was. */
  OptionalInt read(String frame) {
    if (frame.equals("o")) {
      if (isOpen) {
        return OptionalInt.of(SESSION_LOST);
      }
      isOpen = true;
    } else if (frame.equals("h")) {
      pings.came();
      listener.pinged();
    } else if (frame.startsWith("c[")) {
      return OptionalInt.of(Json.parse(frame.substring(1)).get(0).asInt());
    } else if (frame.startsWith("a[")) {
      for (JsonNode message : Json.parse(frame.substring(1))) {
        listener.received(message.asText());
      }
    } else {
      throw new AssertionError("Not a SockJS frame: " + frame);
    }
    return OptionalInt.empty();
  }
}
