package org.carewire.loadtests;

/** WebSocket frames of a client. The mask is 0, which changes nothing and costs nothing. */
final class Frames {
  static final int TEXT = 1;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** Of a frame whose length or header is not all there yet. */
  static final int INCOMPLETE = -1;

  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int MASK_BYTES = 4;
  private static final int SHORT = 126;
  private static final int LONG = 127;

  private Frames() {}

  /** A whole frame. */
  static byte[] masked(int opcode, byte[] payload) {
    int header = payload.length < SHORT ? 2 : 4;
    if (payload.length > 0xffff) {
      throw new IllegalArgumentException("Nothing that long is sent here");
    }
    byte[] frame = new byte[header + MASK_BYTES + payload.length];
    frame[0] = (byte) (FINAL | opcode);
    if (header == 2) {
      frame[1] = (byte) (MASKED | payload.length);
    } else {
      frame[1] = (byte) (MASKED | SHORT);
      frame[2] = (byte) (payload.length >> 8);
      frame[3] = (byte) payload.length;
    }
    System.arraycopy(payload, 0, frame, header + MASK_BYTES, payload.length);
    return frame;
  }

  /** Where the payload of a frame of that payload's length begins. */
  static int payloadOffset(int payloadLength) {
    return (payloadLength < SHORT ? 2 : 4) + MASK_BYTES;
  }

  static int opcode(byte[] bytes, int at) {
    return bytes[at] & 0x0f;
  }

  static boolean isFinal(byte[] bytes, int at) {
    return (bytes[at] & FINAL) != 0;
  }

  /** The bytes before the payload of a frame from the server, or {@link #INCOMPLETE}. */
  static int header(byte[] bytes, int at, int to) {
    if (to - at < 2) {
      return INCOMPLETE;
    }
    int header =
        switch (bytes[at + 1] & 0x7f) {
          case SHORT -> 4;
          case LONG -> 10;
          default -> 2;
        };
    return to - at < header ? INCOMPLETE : header;
  }

  /** The length of the payload, once the header is there. */
  static int length(byte[] bytes, int at) {
    int length = bytes[at + 1] & 0x7f;
    if (length == SHORT) {
      return (bytes[at + 2] & 0xff) << 8 | (bytes[at + 3] & 0xff);
    }
    if (length == LONG) {
      return (bytes[at + 6] & 0xff) << 24
          | (bytes[at + 7] & 0xff) << 16
          | (bytes[at + 8] & 0xff) << 8
          | (bytes[at + 9] & 0xff);
    }
    return length;
  }
}
