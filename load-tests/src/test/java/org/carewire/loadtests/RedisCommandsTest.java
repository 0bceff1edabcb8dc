package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class RedisCommandsTest {
  @Test
  void growthIsDividedByTheUsersAndOurOwnAreNotCounted() {
    RedisCommands before = parse("cmdstat_hset:calls=100,usec=9");
    RedisCommands after =
        parse(
            """
            cmdstat_hset:calls=250,usec=99,usec_per_call=0.4
            cmdstat_client|setinfo:calls=1,usec=1
            cmdstat_evalsha:calls=30,usec=7
            cmdstat_info:calls=900,usec=5\
            """);

    assertThat(after.since(before, 100)).isEqualTo("1.8 (hset 1.5, evalsha 0.3)");
  }

  private static RedisCommands parse(String stats) {
    return RedisCommands.parse(
        new BufferedReader(new StringReader("$200\n# Commandstats\n" + stats + "\n+OK\n")));
  }
}
