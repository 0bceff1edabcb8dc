package org.carewire.gateway;

import org.jspecify.annotations.Nullable;

/** A text for a client, encoded once for each way it is sent, however many it is sent to. */
final class Frame {
  private final byte[] utf8;
  private byte @Nullable [] sockJs;

  Frame(byte[] utf8) {
    this.utf8 = utf8;
  }

  /** The text itself. Nobody changes the array. */
  byte[] utf8() {
    return utf8;
  }

  /** The text in a SockJS frame: {@code a["…"]}. Nobody changes the array. */
  byte[] sockJs() {
    if (sockJs == null) {
      sockJs = SockJsFrames.message(utf8);
    }
    return sockJs;
  }
}
