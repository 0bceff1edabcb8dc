package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WatchGroupsTest {
  @Test
  void allGroupsAreFullAndEachWatchesTheOthersOfItsOwn() {
    WatchGroups groups = WatchGroups.atMost(11, 2);

    assertThat(groups.users()).isEqualTo(9);
    assertThat(groups.puts()).hasSize(3);
    assertThat(new String(groups.request(7, "presence:get", 4), StandardCharsets.US_ASCII))
        .endsWith(
            "{\"id\":7,\"event\":\"presence:get\",\"data\":{\"userIds\":[\"user-3\",\"user-5\"]}}");
  }

  @Test
  void tooFewForOneGroupAreRefused() {
    assertThatThrownBy(() -> WatchGroups.atMost(10, 10)).hasMessageContaining("too few");
  }
}
