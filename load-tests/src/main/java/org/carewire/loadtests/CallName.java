package org.carewire.loadtests;

import java.util.Arrays;

/** A {@code callId}, as it stands in frames. */
final class CallName {
  /** All are UUIDs. */
  static final int LENGTH = 36;

  private static final byte[] FIELD = Ascii.of("\"callId\":\"");

  private final byte[] characters;

  private CallName(byte[] characters) {
    this.characters = characters;
  }

  /** Where the first one in a frame begins, or -1. */
  static int find(byte[] bytes, int from, int to) {
    int at = Ascii.after(bytes, from, to, FIELD);
    return at + LENGTH > to ? -1 : at;
  }

  static CallName read(byte[] bytes, int at) {
    return new CallName(Arrays.copyOfRange(bytes, at, at + LENGTH));
  }

  boolean stands(byte[] bytes, int at) {
    return Arrays.equals(characters, 0, LENGTH, bytes, at, at + LENGTH);
  }

  void write(byte[] bytes, int at) {
    System.arraycopy(characters, 0, bytes, at, LENGTH);
  }

  @Override
  public String toString() {
    return ClientSession.text(characters, 0, LENGTH);
  }
}
