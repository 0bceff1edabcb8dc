package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateTest {
  private static final long START = -5_000_000_000L;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Rate rate = Rate.of(10, 3);
  private long fullAt = Rate.FULL;

  @Test
  void fullBucketHasItsBurstAndNoMore() {
    assertThat(takenAt(START)).isEqualTo(3);
    assertThat(rate.waitFor(fullAt, START)).isEqualTo(SECOND / 10);
  }

  @Test
  void emptyBucketFillsAtItsRate() {
    takenAt(START);

    assertThat(takenAt(START + SECOND / 10 - 1)).isZero();
    assertThat(takenAt(START + SECOND / 10)).isEqualTo(1);
    assertThat(takenAt(START + 3 * SECOND / 10)).isEqualTo(2);
  }

  @Test
  void bucketHoldsNoMoreThanItsBurst() {
    takenAt(START);

    assertThat(takenAt(START + 100 * SECOND)).isEqualTo(3);
  }

  private int takenAt(long now) {
    int taken = 0;
    while (rate.waitFor(fullAt, now) == 0) {
      fullAt = rate.take(fullAt, now);
      taken++;
    }
    return taken;
  }
}
