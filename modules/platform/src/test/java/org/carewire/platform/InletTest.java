package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class InletTest {
  private static final long STREAM = 7;
  private static final Instant START = Instant.parse("2026-01-31T09:30:00Z");

  private final Inlet inlet = new Inlet(STREAM, START);

  @Test
  void nothingIsMissingWhereAllHasCome() {
    deliver(1, 2, 3);

    assertThat(beat(3, 1)).isFalse();
    assertThat(beat(3, 2)).isFalse();
    assertThat(inlet.soundAt()).isEqualTo(START.plusSeconds(1));
  }

  @Test
  void orderDoesNotMatter() {
    deliver(2, 3, 1);

    assertThat(beat(3, 1)).isFalse();
    assertThat(beat(3, 2)).isFalse();
  }

  @Test
  void oneInTheMiddleIsMissedByTheSecondBeat() {
    deliver(1, 3);

    assertThat(beat(3, 1)).as("it may still come").isFalse();
    assertThat(beat(3, 2)).isTrue();
    assertThat(inlet.soundAt()).isEqualTo(START);
  }

  @Test
  void theLastOneIsMissedThoughNothingFollows() {
    deliver(1);

    assertThat(beat(2, 1)).isFalse();
    assertThat(beat(2, 2)).isTrue();
  }

  @Test
  void whatWasMissedIsTakenForMissingOnce() {
    deliver(1, 3);
    beat(3, 1);
    beat(3, 2);
    deliver(4);

    assertThat(beat(4, 3)).isFalse();
    assertThat(beat(4, 4)).isFalse();
  }

  @Test
  void aStreamThatBeganUnheardIsMissed() {
    inlet.delivered(STREAM + 1, 2);

    inlet.beat(STREAM + 1, 2, START.plusSeconds(1));

    assertThat(inlet.beat(STREAM + 1, 2, START.plusSeconds(2))).isTrue();
  }

  @Test
  void aNewStreamBeginsWithOne() {
    deliver(1, 2);
    beat(2, 1);
    inlet.delivered(STREAM + 1, 1);

    assertThat(inlet.beat(STREAM + 1, 1, START.plusSeconds(2))).isFalse();
    assertThat(inlet.beat(STREAM + 1, 1, START.plusSeconds(3))).isFalse();
  }

  private void deliver(long... numbers) {
    for (long number : numbers) {
      inlet.delivered(STREAM, number);
    }
  }

  private boolean beat(long number, long seconds) {
    return inlet.beat(STREAM, number, START.plusSeconds(seconds));
  }
}
