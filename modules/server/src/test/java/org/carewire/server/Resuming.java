package org.carewire.server;

/** What a device says of what it has when it comes back. */
enum Resuming {
  /** Nothing: the server knows what it has acknowledged. */
  BY_CURSORS,
  BY_POSITIONS,
  /** Its storage is older than what it has acknowledged. */
  BY_OLDER_POSITIONS,
  /** The server's database is older than its storage. */
  ABOVE_THE_TOP,
  IN_ANOTHER_EPOCH;

  /** Whether the server cannot go by it. */
  boolean mustBeReset() {
    return this == ABOVE_THE_TOP || this == IN_ANOTHER_EPOCH;
  }
}
