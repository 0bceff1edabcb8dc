package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.carewire.server.Verdict.Invariant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Devices come, go, stall, repeat themselves and lose their rights, at random, and yet each gets
 * every entry of the log once and in order. {@code -Dcarewire.seed=N} takes the steps of an earlier
 * run, {@code -Dcarewire.steps=N} more of them or fewer.
 */
class DeliveryModelTest {
  private static final int STEPS = Integer.getInteger("carewire.steps", 3_000);
  private static final int STEPS_WITH_A_BUG = 900;
  private static final long SEED_WITH_A_BUG = 4;

  @TempDir Path folder;

  @Test
  void whatDevicesWereSentIsWhatTheLogHas() {
    long seed = Long.getLong("carewire.seed", ThreadLocalRandom.current().nextInt(1_000_000));
    try (TestNode node = TestNode.start(ModelRun.SETTINGS)) {
      Verdict verdict = ModelRun.play(node.http(), node.database(), seed, STEPS);

      assertThat(verdict.violations())
          .as("-Dcarewire.seed=%d -Dcarewire.steps=%d: %s", seed, STEPS, verdict)
          .isEmpty();
      assertThat(verdict.compared()).isGreaterThan(STEPS);
      assertThat(node.counter("carewire.deliveries", "kind", "entryFromLog")).isPositive();
    }
  }

  @Test
  void aModelRunSeesThatADeviceBeginsAtTheTopWhateverItHas() throws Exception {
    Verdict verdict = withBug("Following", "cursor == null ? found.top() : cursor", "found.top()");

    assertThat(verdict.broken()).as("%s", verdict).contains(Invariant.NO_GAP);
  }

  @Test
  void aModelRunSeesThatPositionsAboveTheTopAreBelieved() throws Exception {
    Verdict verdict =
        withBug("Following", "isOfThisHistory && given <= found.top()", "isOfThisHistory");

    assertThat(verdict.broken()).as("%s", verdict).contains(Invariant.NO_GAP);
  }

  private Verdict withBug(String className, String guard, String instead) throws Exception {
    try (var server =
        PlantedBug.start(
            folder,
            "gateway",
            "org.carewire.gateway." + className,
            guard,
            instead,
            ModelRun.SETTINGS)) {
      return ModelRun.play(server.http(), server.database(), SEED_WITH_A_BUG, STEPS_WITH_A_BUG);
    }
  }
}
