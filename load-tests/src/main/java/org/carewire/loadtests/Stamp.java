package org.carewire.loadtests;

/**
 * What a {@code clientMessageId} of ours tells whoever sees the message: the sending session, the
 * number of the message there, and when it was to be sent. 28 hexadecimal digits.
 */
final class Stamp {
  static final int LENGTH = 28;

  private static final int SESSION_DIGITS = 4;
  private static final int NUMBER_DIGITS = 8;
  private static final int TIME_DIGITS = 16;
  private static final byte[] FIELD = Ascii.of("\"clientMessageId\":\"");

  private Stamp() {}

  static void write(byte[] bytes, int at, int session, int number, long nanos) {
    Ascii.putHex(bytes, at, SESSION_DIGITS, session);
    Ascii.putHex(bytes, at + SESSION_DIGITS, NUMBER_DIGITS, number);
    Ascii.putHex(bytes, at + SESSION_DIGITS + NUMBER_DIGITS, TIME_DIGITS, nanos);
  }

  /** Where the stamp of a message begins, or -1. */
  static int find(byte[] bytes, int from, int to) {
    int at = Ascii.after(bytes, from, to, FIELD);
    return at + LENGTH > to ? -1 : at;
  }

  static int session(byte[] bytes, int at) {
    return (int) Ascii.hex(bytes, at, SESSION_DIGITS);
  }

  static int number(byte[] bytes, int at) {
    return (int) Ascii.hex(bytes, at + SESSION_DIGITS, NUMBER_DIGITS);
  }

  /** Of {@link System#nanoTime}. */
  static long nanos(byte[] bytes, int at) {
    return Ascii.hex(bytes, at + SESSION_DIGITS + NUMBER_DIGITS, TIME_DIGITS);
  }
}
