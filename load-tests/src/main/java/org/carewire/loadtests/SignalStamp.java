package org.carewire.loadtests;

/**
 * What a WebRTC signal of ours tells whoever receives it: the number of the call among those of the
 * pair, its own number among those of its sender in the call, and when it was sent. 28 hexadecimal
 * digits.
 */
final class SignalStamp {
  static final int LENGTH = 28;

  private static final int CALL_DIGITS = 8;
  private static final int NUMBER_DIGITS = 4;
  private static final int TIME_DIGITS = 16;
  private static final byte[] FIELD = Ascii.of("\"stamp\":\"");

  private SignalStamp() {}

  /** The field, of which the value is still to be written. */
  static String field() {
    return "\"stamp\":\"" + "s".repeat(LENGTH) + '"';
  }

  static void write(byte[] bytes, int at, int call, int number, long nanos) {
    Ascii.putHex(bytes, at, CALL_DIGITS, call);
    Ascii.putHex(bytes, at + CALL_DIGITS, NUMBER_DIGITS, number);
    Ascii.putHex(bytes, at + CALL_DIGITS + NUMBER_DIGITS, TIME_DIGITS, nanos);
  }

  /** Where the stamp of a signal begins, or -1. */
  static int find(byte[] bytes, int from, int to) {
    int at = Ascii.after(bytes, from, to, FIELD);
    return at + LENGTH > to ? -1 : at;
  }

  static int call(byte[] bytes, int at) {
    return (int) Ascii.hex(bytes, at, CALL_DIGITS);
  }

  static int number(byte[] bytes, int at) {
    return (int) Ascii.hex(bytes, at + CALL_DIGITS, NUMBER_DIGITS);
  }

  /** Of {@link System#nanoTime}. */
  static long nanos(byte[] bytes, int at) {
    return Ascii.hex(bytes, at + CALL_DIGITS + NUMBER_DIGITS, TIME_DIGITS);
  }
}
