package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StampTest {
  @Test
  void aMessageTellsWhoSentItAndWhen() {
    byte[] message = Ascii.of("{\"offset\":7,\"clientMessageId\":\"" + "?".repeat(28) + "\"}");
    int at = Stamp.find(message, 0, message.length);

    Stamp.write(message, at, 399, 1_000_000, Long.MAX_VALUE - 1);

    assertThat(Stamp.session(message, at)).isEqualTo(399);
    assertThat(Stamp.number(message, at)).isEqualTo(1_000_000);
    assertThat(Stamp.nanos(message, at)).isEqualTo(Long.MAX_VALUE - 1);
  }

  @Test
  void timesBeforeTheClocksZeroKeepTheirSign() {
    byte[] stamp = new byte[Stamp.LENGTH];

    Stamp.write(stamp, 0, 0, 0, -5);

    assertThat(Stamp.nanos(stamp, 0)).isEqualTo(-5);
  }

  @Test
  void thereIsNoStampInOtherMessages() {
    byte[] message = Ascii.of("{\"clientMessageId\":\"short\"}");

    assertThat(Stamp.find(message, 0, message.length)).isNegative();
  }
}
