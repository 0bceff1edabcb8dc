package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void someHaveAValueAndSomeHaveNot() {
    Options options =
        Options.parse(List.of("--rate", "5", "--kill", "--nodes", "3", "--rate", "7"));

    assertThat(options.numbers("rate")).containsExactly(5, 7);
    assertThat(options.number("nodes", 1)).isEqualTo(3);
    assertThat(options.has("kill")).isTrue();
    assertThat(options.has("hang")).isFalse();
  }

  @Test
  void valueThatIsLeftOutIsMissed() {
    assertThatThrownBy(() -> Options.parse(List.of("--kill", "--nodes")))
        .hasMessageContaining("--nodes");
  }
}
