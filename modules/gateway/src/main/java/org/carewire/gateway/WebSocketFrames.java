package org.carewire.gateway;

import java.nio.ByteBuffer;

/** The frames of RFC 6455 as a server sends them: whole messages, not masked. */
final class WebSocketFrames {
  private static final byte FINAL_TEXT = (byte) 0x81;
  private static final int MAX_LENGTH_IN_ONE_BYTE = 125;
  private static final int MAX_LENGTH_IN_TWO_BYTES = 65_535;
  private static final byte TWO_BYTES = 126;
  private static final byte EIGHT_BYTES = 127;

  private WebSocketFrames() {}

  /** A text message in one frame. */
  static byte[] text(byte[] utf8) {
    int length = utf8.length;
    if (length <= MAX_LENGTH_IN_ONE_BYTE) {
      return ByteBuffer.allocate(2 + length).put(FINAL_TEXT).put((byte) length).put(utf8).array();
    }
    if (length <= MAX_LENGTH_IN_TWO_BYTES) {
      return ByteBuffer.allocate(2 + Short.BYTES + length)
          .put(FINAL_TEXT)
          .put(TWO_BYTES)
          .putShort((short) length)
          .put(utf8)
          .array();
    }
    return ByteBuffer.allocate(2 + Long.BYTES + length)
        .put(FINAL_TEXT)
        .put(EIGHT_BYTES)
        .putLong(length)
        .put(utf8)
        .array();
  }
}
