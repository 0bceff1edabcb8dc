package org.carewire.gateway;

import java.time.Duration;

/**
 * How often something may be done: a bucket of tokens that fills up again. What is kept of a bucket
 * is one number, the time when it will be full, as every session has some.
 *
 * @param nanosPerToken after which there is one more
 * @param burst tokens in a full bucket
 */
record Rate(long nanosPerToken, int burst) {
  /** Of a bucket that is full. */
  static final long FULL = Long.MIN_VALUE;

  static Rate of(int perSecond, int burst) {
    return new Rate(Duration.ofSeconds(1).toNanos() / perSecond, burst);
  }

  /**
   * Takes a token.
   *
   * @param fullAt when the bucket will be full
   * @param now of the same clock, in ns
   * @return when it will be full then; where there is no token, it is as it was
   */
  long take(long fullAt, long now) {
    return waitFor(fullAt, now) > 0 ? fullAt : Math.max(fullAt, now) + nanosPerToken;
  }

  /** How long there is no token, in ns; 0 where there is one. */
  long waitFor(long fullAt, long now) {
    return Math.max(0, Math.max(fullAt, now) + nanosPerToken - now - burst * nanosPerToken);
  }
}
