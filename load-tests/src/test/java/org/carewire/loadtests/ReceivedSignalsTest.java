package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReceivedSignalsTest {
  private final ReceivedSignals signals = new ReceivedSignals(3);

  @BeforeEach
  void begin() {
    signals.begin(1);
  }

  @Test
  void allInOrderIsGood() {
    come(1, 2, 3);

    assertThat(signals.lacking()).isZero();
    assertThat(signals.outOfOrder()).isZero();
    assertThat(signals.repeated()).isZero();
  }

  @Test
  void oneThatDoesNotComeIsSeen() {
    come(1, 3);

    assertThat(signals.lacking()).isEqualTo(1);
    assertThat(signals.outOfOrder()).isZero();
  }

  @Test
  void oneThatComesLaterThanItsNextIsSeen() {
    come(1, 3, 2);

    assertThat(signals.lacking()).isZero();
    assertThat(signals.outOfOrder()).isEqualTo(1);
  }

  @Test
  void oneThatComesTwiceIsNoOther() {
    come(1, 2, 2);

    assertThat(signals.repeated()).isEqualTo(1);
    assertThat(signals.lacking()).isEqualTo(1);
  }

  @Test
  void whatIsOfTheCallBeforeDoesNotCount() {
    signals.begin(2);
    come(1);

    assertThat(signals.ofOtherCalls()).isEqualTo(1);
    assertThat(signals.lacking()).isEqualTo(3);
  }

  private void come(int... numbers) {
    for (int number : numbers) {
      signals.came(1, number);
    }
  }
}
