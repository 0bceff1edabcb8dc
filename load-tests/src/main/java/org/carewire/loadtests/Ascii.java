package org.carewire.loadtests;

import java.nio.charset.StandardCharsets;

/** Looks into frames without decoding them. */
final class Ascii {
  private Ascii() {}

  static byte[] of(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static boolean startsWith(byte[] bytes, int from, int to, byte[] beginning) {
    if (to - from < beginning.length) {
      return false;
    }
    for (int i = 0; i < beginning.length; i++) {
      if (bytes[from + i] != beginning[i]) {
        return false;
      }
    }
    return true;
  }

  /** Where the first occurrence ends, or -1. */
  static int after(byte[] bytes, int from, int to, byte[] wanted) {
    byte first = wanted[0];
    for (int i = from; i <= to - wanted.length; i++) {
      if (bytes[i] == first && startsWith(bytes, i, to, wanted)) {
        return i + wanted.length;
      }
    }
    return -1;
  }

  /** The decimal number that begins there; 0 where there is none. */
  static long number(byte[] bytes, int from, int to) {
    long number = 0;
    for (int i = from; i < to && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
      number = number * 10 + (bytes[i] - '0');
    }
    return number;
  }

  /** Where the next quotation mark is, or the end. */
  static int quote(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '"') {
      at++;
    }
    return at;
  }

  static void putNumber(byte[] bytes, int from, int digits, long number) {
    long rest = number;
    for (int i = from + digits - 1; i >= from; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  static void putHex(byte[] bytes, int from, int digits, long number) {
    long rest = number;
    for (int i = from + digits - 1; i >= from; i--) {
      int digit = (int) (rest & 15);
      bytes[i] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
      rest >>>= 4;
    }
  }

  static long hex(byte[] bytes, int from, int digits) {
    long number = 0;
    for (int i = from; i < from + digits; i++) {
      byte digit = bytes[i];
      number = number << 4 | (digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    return number;
  }
}
