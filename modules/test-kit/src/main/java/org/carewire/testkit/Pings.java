package org.carewire.testkit;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The server's pings, for a test to wait for. */
final class Pings {
  private final Semaphore came = new Semaphore(0);
  private volatile long lastAt = System.nanoTime();

  void came() {
    lastAt = System.nanoTime();
    came.release();
  }

  /** When the last one came, by the clock of {@link System#nanoTime}; the start before that. */
  long lastAt() {
    return lastAt;
  }

  /** Waits for one that comes after this call. */
  void awaitNext(Duration deadline) {
    came.drainPermits();
    try {
      if (!came.tryAcquire(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("No ping within " + deadline);
      }
    } catch (InterruptedException e) {
      throw EventInbox.interrupted(e);
    }
  }
}
