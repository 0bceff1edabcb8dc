package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerdictTest {
  private final Verdict verdict = new Verdict();

  @Test
  void whatWasRefusedOrNotAnsweredMayBeMissing() {
    verdict.add(true, false, 2, 2);
    verdict.add(false, true, 0, 2);
    verdict.add(false, false, 0, 2);

    assertThat(verdict.isGood()).isTrue();
    assertThat(verdict.toString()).contains("refused 1, unanswered 1");
  }

  @Test
  void whatWasAcknowledgedMustReachEverybody() {
    verdict.add(true, false, 1, 2);

    assertThat(verdict.isGood()).isFalse();
    assertThat(verdict.toString()).contains("lost 1");
  }

  @Test
  void nothingMayComeTwice() {
    verdict.add(true, false, 3, 2);

    assertThat(verdict.isGood()).isFalse();
    assertThat(verdict.toString()).contains("repeated 1");
  }

  @Test
  void aGapInTheNumbersOfARoomIsSeen() {
    verdict.add(1, 0);

    assertThat(verdict.isGood()).isFalse();
  }
}
