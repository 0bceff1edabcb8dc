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
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration SECOND = Duration.ofSeconds(3);
  private static final Duration SETTLING_WITH_A_BUG = Duration.ofSeconds(2);
  private static final Duration NOT_ASKED_WHO_IS_THERE = Duration.ZERO;

  /** The grace, and a little. */
  private static final Duration SEEING_WITH_A_BUG = Duration.ofSeconds(7);

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
            folder,
            new ChaosRun.Setup(
                seed, NODES, CLIENTS, plan, AWAY, ChaosRun.SETTLING, ChaosRun.SEEING, null));

    System.out.println(run);
    assertThat(run.violations()).as("%s", run).isEmpty();
    assertThat(run.figures().received()).as("%s", run).isGreaterThan(1_000);
    assertThat(run.figures().calls()).as("%s", run).isGreaterThan(10);
    assertThat(run.figures().signals()).as("%s", run).isGreaterThan(100);
    assertThat(run.figures().notified()).as("%s", run).isGreaterThan(100);
  }

  @Test
  void seesThatAnAcknowledgedMessageWasNotDurable() throws Exception {
    plantBug(
        "platform",
        "org.carewire.platform.Postgres",
        ".addProperty(\"jit\", \"off\")",
        ".addProperty(\"jit\", \"off\").addProperty(\"synchronous_commit\", \"off\")");

    assertThat(playWithBug(1, twice(new Fault.PostgresRestarted()), NOT_ASKED_WHO_IS_THERE))
        .contains(Invariant.STORED);
  }

  @Test
  void seesThatReceiptsGoDownAndThatCountsAreNotTold() throws Exception {
    plantBug(
        "rooms",
        "org.carewire.rooms.ReceiptStore",
        "set delivered = greatest(m.delivered, b.delivered), read = greatest(m.read, b.read)",
        "set delivered = b.delivered, read = b.read");
    plantBug(
        "notifications",
        "org.carewire.notifications.InboxStore",
        "set unread = i.unread - 1, version = i.version + 1",
        "set unread = i.unread - 1");

    assertThat(playWithBug(1, twice(new Fault.RedisEmptied()), NOT_ASKED_WHO_IS_THERE))
        .contains(Invariant.RECEIPTS, Invariant.UNREAD);
  }

  @Test
  void seesThatNobodyLooksForWhatWasLostBetweenNodes() throws Exception {
    plantBug(
        "platform",
        "org.carewire.platform.Doubts",
        "listeners.forEach(listener -> listener.accept(since));",
        "");

    assertThat(playWithBug(2, twice(PARTITION), NOT_ASKED_WHO_IS_THERE))
        .contains(Invariant.COMPLETE);
  }

  @Test
  void seesThatNobodyClearsWhatADeadNodeLeaves() throws Exception {
    plantBug(
        "presence", "org.carewire.presence.DeadNodes", "dead.removeAll(alive);", "dead.clear();");
    var killed = new Planned(FIRST, new Fault.Killed(0, Duration.ZERO));

    // It comes again as another one, which should clear what it left.
    assertThat(playWithBug(1, new FaultPlan(List.of(killed)), SEEING_WITH_A_BUG))
        .contains(Invariant.PRESENCE);
  }

  @Test
  void seesThatACallIsToldTwiceAndThatARepeatedPostIsStoredTwice() throws Exception {
    plantBug(
        "signaling",
        "org.carewire.signaling.Calls",
        "effects.tell(new Effects(call.tenant(), call.id(), call.version(), change.effects()));",
        """
        for (int time = 0; time < 2; time++) {
          effects.tell(
              new Effects(
                  call.tenant(), call.id(), call.version() + 100 * time, change.effects()));
        }
        """);
    plantBug(
        "notifications",
        "org.carewire.notifications.PostingNotifications",
        "return key == null",
        "return key == null || asked instanceof PostNotifications");

    assertThat(playWithBug(1, twice(new Fault.RedisEmptied()), NOT_ASKED_WHO_IS_THERE))
        .contains(Invariant.CALLS, Invariant.NOTIFIED);
  }

  private void plantBug(String module, String className, String expression, String instead)
      throws IOException {
    ChangedClass.compile(folder.resolve("bug"), module, className, expression, instead);
  }

  /** In the middle of what everybody says, and again until the end of it. */
  private static FaultPlan twice(Fault fault) {
    return new FaultPlan(List.of(new Planned(FIRST, fault), new Planned(SECOND, fault)));
  }

  private Set<Invariant> playWithBug(int nodes, FaultPlan plan, Duration seeing) {
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
                seeing,
                folder.resolve("bug")));
    System.out.println(run);
    return run.broken();
  }
}
