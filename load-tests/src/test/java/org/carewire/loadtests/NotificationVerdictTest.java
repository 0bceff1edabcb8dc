package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NotificationVerdictTest {
  private final NotificationVerdict verdict = new NotificationVerdict();

  @Test
  void whoeverHasAllOnceAndKnowsTheCountIsWell() {
    verdict.add(2, 2, 0, 0, 2);

    assertThat(verdict.isGood()).isTrue();
  }

  @Test
  void aRepeatDoesNotMakeUpForOneThatIsLost() {
    verdict.add(2, 2, 1, 0, 2);

    assertThat(verdict.isGood()).isFalse();
    assertThat(verdict.toString()).contains("lost 1").contains("repeated 1");
  }

  @Test
  void nobodyMayGetWhatWasNotPosted() {
    verdict.add(1, 2, 0, 0, 1);

    assertThat(verdict.isGood()).isFalse();
  }

  @Test
  void theLastCountMustBeRight() {
    verdict.add(2, 2, 0, 0, 1);

    assertThat(verdict.isGood()).isFalse();
  }
}
