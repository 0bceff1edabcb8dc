package org.carewire.gateway;

import org.jspecify.annotations.Nullable;

/** A text for a client, encoded once for each way it is sent, however many it is sent to. */
final class Frame {
  private final byte[] utf8;
  private byte @Nullable [] webSocket;
  private byte @Nullable [] sockJs;
  private byte @Nullable [] sockJsWebSocket;

  Frame(byte[] utf8) {
    this.utf8 = utf8;
  }

  /** The text itself. Nobody changes the array. */
  byte[] utf8() {
    return utf8;
  }

  /** The text in a WebSocket frame. Nobody changes the array. */
  byte[] webSocket() {
    if (webSocket == null) {
      webSocket = WebSocketFrames.text(utf8);
    }
    return webSocket;
  }

  /** The text in a SockJS frame: {@code a["…"]}. Nobody changes the array. */
  byte[] sockJs() {
    if (sockJs == null) {
      sockJs = SockJsFrames.message(utf8);
    }
    return sockJs;
  }

  /** The text in a SockJS frame in a WebSocket frame. Nobody changes the array. */
  byte[] sockJsWebSocket() {
    if (sockJsWebSocket == null) {
      sockJsWebSocket = WebSocketFrames.text(sockJs());
    }
    return sockJsWebSocket;
  }
}
