package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Some minutes of a bad day in short. {@code -Dcarewire.seed=} takes the faults of an earlier run;
 * {@code ./mvnw -Pchaos} is the long one.
 */
class ChaosTest {
  private static final int NODES = 3;
  private static final int CLIENTS = 40;

  @TempDir Path folder;

  @Test
  void nothingIsLostOrReorderedWhateverGoesWrong() {
    long seed = Long.getLong("carewire.seed", ThreadLocalRandom.current().nextInt(1_000_000));
    FaultPlan plan =
        FaultPlan.of(
            seed, NODES, Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofSeconds(4));

    ChaosRun run = ChaosRun.play(folder, seed, NODES, CLIENTS, plan, null);

    System.out.println(run);
    assertThat(run.violations()).as("%s", run).isEmpty();
    assertThat(run.figures().received()).as("%s", run).isGreaterThan(1_000);
  }
}
