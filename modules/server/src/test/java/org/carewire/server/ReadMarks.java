package org.carewire.server;

import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Which notifications a user has read, by the replies to all of his devices. */
final class ReadMarks {
  /** The time of an entry may be so far ahead, as no two of a room have the same. */
  private static final Duration AHEAD = Duration.ofMillis(100);

  /** A request to read all that there are. */
  static final class ReadAll {
    private volatile Instant until = Instant.MAX;

    /** What is stored from now on it does not read. */
    void answered() {
      until = Instant.now().plus(AHEAD);
    }
  }

  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final Set<String> done = ConcurrentHashMap.newKeySet();
  private final Queue<ReadAll> all = new ConcurrentLinkedQueue<>();
  private final AtomicLong allDoneUpTo = new AtomicLong();

  /** As it is now. */
  ReadMarks copy() {
    var copy = new ReadMarks();
    copy.done.addAll(done);
    copy.allDone(allDoneUpTo.get());
    return copy;
  }

  void ask(String id) {
    asked.add(id);
  }

  void done(String id) {
    done.add(id);
  }

  /** All that there are. */
  ReadAll askAll() {
    var asked = new ReadAll();
    all.add(asked);
    return asked;
  }

  /**
   * All that there were are read.
   *
   * @param offset of the last that was known when it was asked for
   */
  void allDone(long offset) {
    allDoneUpTo.accumulateAndGet(offset, Math::max);
  }

  /** Whether the server has acknowledged that one is read. */
  boolean isRead(String id, long offset) {
    return done.contains(id) || offset <= allDoneUpTo.get();
  }

  /** Whether anybody has asked for it. */
  boolean mayBeRead(String id, Instant storedAt) {
    return asked.contains(id) || all.stream().anyMatch(one -> !one.until.isBefore(storedAt));
  }
}
