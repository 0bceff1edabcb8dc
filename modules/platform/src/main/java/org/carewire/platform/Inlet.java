package org.carewire.platform;

import java.time.Instant;
import java.util.TreeSet;

/** What has come from another node: whether any delivery is missing. */
final class Inlet {
  private long stream;

  /** All up to here have come, or are given up. */
  private long complete;

  private final TreeSet<Long> early = new TreeSet<>();
  private long beat;

  /** Whether a stream was left of which something was missing. */
  private boolean left;

  private Instant beatAt;
  private Instant soundAt;

  /** Nothing is known to be missing before the given time. */
  Inlet(long stream, Instant now) {
    this.stream = stream;
    this.beatAt = now;
    this.soundAt = now;
  }

  /** When it was heard of last. */
  Instant beatAt() {
    return beatAt;
  }

  /** All that was sent before then has come, or is given up. */
  Instant soundAt() {
    return soundAt;
  }

  void delivered(long ofStream, long number) {
    follow(ofStream);
    if (number == complete + 1) {
      complete = number;
      while (!early.isEmpty() && early.first() == complete + 1) {
        complete = early.removeFirst();
      }
    } else if (number > complete) {
      early.add(number);
    }
  }

  /**
   * A beat has come. What the one before it has told of has had its time.
   *
   * @return whether anything of that is missing
   */
  boolean beat(long ofStream, long number, Instant now) {
    follow(ofStream);
    boolean isMissing = complete < beat || left;
    left = false;
    if (isMissing) {
      complete = beat;
      early.headSet(complete, true).clear();
    } else {
      soundAt = beatAt;
    }
    beat = number;
    beatAt = now;
    return isMissing;
  }

  private void follow(long ofStream) {
    if (stream != ofStream) {
      left |= complete < beat || !early.isEmpty();
      stream = ofStream;
      complete = 0;
      beat = 0;
      early.clear();
    }
  }
}
