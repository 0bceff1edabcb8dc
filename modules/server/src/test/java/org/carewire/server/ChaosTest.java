package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.carewire.server.FaultPlan.Planned;
import org.carewire.server.Verdict.Invariant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bad day in short, and bugs that must not outlive one. {@code -Dcarewire.seed=} takes the faults
 * of an earlier run; {@code ./mvnw -Pchaos} is the long one.
 */
class ChaosTest {
  private static final int NODES = 3;
  private static final int CLIENTS = 40;

  /** For a machine that is busy with other tests. */
  private static final Duration AWAY = Duration.ofSeconds(10);

  private static final long SEED_WITH_A_BUG = 5;
  private static final int CLIENTS_WITH_A_BUG = 12;
  private static final Duration SETTLING_WITH_A_BUG = Duration.ofSeconds(2);
  private static final Fault PARTITION =
      new Fault.Partition(Set.of(0), true, Duration.ofSeconds(1));

  @TempDir Path folder;

  @Test
  void nothingIsLostOrReorderedWhateverGoesWrong() {
    long seed = Long.getLong("carewire.seed", ThreadLocalRandom.current().nextInt(1_000_000));
    FaultPlan plan =
        FaultPlan.of(
            seed, NODES, Duration.ofSeconds(24), Duration.ofSeconds(2), Duration.ofSeconds(4));

    ChaosRun run =
        ChaosRun.play(
            folder, new ChaosRun.Setup(seed, NODES, CLIENTS, plan, AWAY, ChaosRun.SETTLING, null));

    System.out.println(run);
    assertThat(run.violations()).as("%s", run).isEmpty();
    assertThat(run.figures().received()).as("%s", run).isGreaterThan(1_000);
  }

  @Test
  void seesThatAnAcknowledgedMessageWasNotDurable() throws Exception {
    plantBug(
        "platform",
        "org.carewire.platform.Postgres",
        ".addProperty(\"jit\", \"off\")",
        ".addProperty(\"jit\", \"off\").addProperty(\"synchronous_commit\", \"off\")");

    assertThat(playWithBug(1, new Fault.PostgresRestarted()).broken()).contains(Invariant.STORED);
  }

  @Test
  void seesThatReceiptsGoDown() throws Exception {
    plantBug(
        "rooms",
        "org.carewire.rooms.ReceiptStore",
        "set delivered = greatest(m.delivered, b.delivered), read = greatest(m.read, b.read)",
        "set delivered = b.delivered, read = b.read");

    assertThat(playWithBug(1, new Fault.RedisEmptied()).broken()).contains(Invariant.RECEIPTS);
  }

  @Test
  void seesThatAnEntryIsTakenForTheNextWhateverIsMissingBeforeIt() throws Exception {
    plantBug(
        "gateway",
        "org.carewire.gateway.RoomPosition",
        "!behind && offset == sent + 1",
        "!behind && offset > sent");

    assertThat(playWithBug(2, PARTITION).broken()).contains(Invariant.NO_GAP);
  }

  @Test
  void seesThatNobodyLooksForWhatWasLostBetweenNodes() throws Exception {
    plantBug(
        "platform",
        "org.carewire.platform.Doubts",
        "listeners.forEach(listener -> listener.accept(since));",
        "");

    assertThat(playWithBug(2, PARTITION).broken()).contains(Invariant.COMPLETE);
  }

  private void plantBug(String module, String className, String expression, String instead)
      throws IOException {
    ChangedClass.compile(folder.resolve("bug"), module, className, expression, instead);
  }

  /** In the middle of what everybody says, and again until the end of it. */
  private ChaosRun playWithBug(int nodes, Fault fault) {
    var plan =
        new FaultPlan(
            List.of(
                new Planned(Duration.ofSeconds(1), fault),
                new Planned(Duration.ofSeconds(3), fault)));
    ChaosRun run =
        ChaosRun.play(
            folder,
            new ChaosRun.Setup(
                SEED_WITH_A_BUG,
                nodes,
                CLIENTS_WITH_A_BUG,
                plan,
                AWAY,
                SETTLING_WITH_A_BUG,
                folder.resolve("bug")));
    System.out.println(run);
    return run;
  }
}
