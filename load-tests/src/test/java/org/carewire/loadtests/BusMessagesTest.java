package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BusMessagesTest {
  @Test
  void growthIsDividedByTheMessages() {
    var before = new BusMessages(Map.of("delivery", 100.0));
    var after = new BusMessages(Map.of("delivery", 350.0, "beat", 50.0));

    assertThat(after.since(before, 100)).isEqualTo("3.000 (beat 0.500, delivery 2.500)");
  }

  @Test
  void withoutMessagesToDivideByItIsCounted() {
    var before = new BusMessages(Map.of("delivery", 100.0));
    var after = new BusMessages(Map.of("delivery", 1_350.0, "beat", 50.0));

    assertThat(after.since(before)).isEqualTo("1,300 (beat 50, delivery 1,250)");
  }

  @Test
  void oneNodeSendsNone() {
    var none = new BusMessages(Map.of());

    assertThat(none.since(none, 100)).isEqualTo("none");
  }
}
