package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.testkit.Json.object;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.PostgresProxy;
import org.carewire.testkit.PostgresProxy.Moment;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A node is killed in the middle of bursts. Whatever it has acknowledged is stored where it said,
 * and all the rest is stored exactly once when it is sent again to the next node. {@code
 * -Dcarewire.seed=} repeats a run's random moments, as far as the machine does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashTest {
  private static final long SEED = Long.getLong("carewire.seed", System.nanoTime());
  private static final int RANDOM_MOMENTS = 4;
  private static final int BURST = 60;
  private static final Duration START = Duration.ofSeconds(40);

  /** Starts a process of a few seconds sooner. */
  private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

  private final Random random = new Random(SEED);
  private final TestPostgres.Database database = TestPostgres.newDatabase();
  private final PostgresProxy network = PostgresProxy.before(database);
  private Path folder;
  private MainProcess node;
  private List<InsistentSender> senders;

  @BeforeAll
  void open(@TempDir Path testFolder) {
    System.out.println("-Dcarewire.seed=" + SEED);
    folder = testFolder;
    node = startNode();
    URI http = http();
    String ann = newId("ann");
    String bob = newId("bob");
    String doc = newId("doc");
    String visit = newId("visit");
    String group = newId("group");
    ApiClient backend = ApiClient.with(http, Tokens.service());
    Clinic.putVisit(backend, visit, ann, doc);
    assertThat(backend.put("/groups/" + group, object("members", List.of(ann, bob, doc))).status())
        .isEqualTo(201);
    senders =
        List.of(
            new InsistentSender(ann, "visit:" + visit, http),
            new InsistentSender(doc, "visit:" + visit, http),
            new InsistentSender(bob, "group:" + group, http));
  }

  @AfterAll
  void close() {
    node.close();
    network.close();
  }

  @AfterEach
  void whatWasAcknowledgedIsThereAndAllTheRestIsStoredByItsRetry() {
    try {
      node = startNode();
      senders.forEach(sender -> sender.returnTo(http()));
      for (InsistentSender sender : senders) {
        StoredEntries log = StoredEntries.of(database, sender.room());
        log.assertNoGap();
        sender.assertStored(log);
      }
    } catch (AssertionError e) {
      throw new AssertionError("With -Dcarewire.seed=" + SEED, e);
    }
  }

  @RepeatedTest(RANDOM_MOMENTS)
  void killedAtARandomMoment() throws InterruptedException {
    int answers = random.nextInt(BURST * senders.size());
    burst();
    awaitUntil(() -> answers() >= answers);
    kill();
  }

  @ParameterizedTest
  @EnumSource
  void killedAtAStepOfTheAppend(Moment step) throws InterruptedException {
    burst();
    CompletableFuture<Void> there = network.freezeAt(step);
    while (!there.isDone()) {
      int answers = answers();
      senders.forEach(InsistentSender::sendNext);
      awaitUntil(() -> there.isDone() || answers() > answers);
    }
    // What it would say too early, it has said by then.
    senders.forEach(InsistentSender::fence);
    kill();
  }

  private void burst() {
    for (int i = 0; i < BURST; i++) {
      senders.forEach(InsistentSender::sendNext);
    }
  }

  private int answers() {
    return senders.stream().mapToInt(InsistentSender::answers).sum();
  }

  /** Without a pause, as the moment matters. */
  private static void awaitUntil(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TestClient.DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private void kill() throws InterruptedException {
    node.kill();
    network.cut();
    senders.forEach(InsistentSender::awaitEnd);
  }

  private MainProcess startNode() {
    Map<String, String> environment = WholeConfiguration.environment(folder, database);
    environment.put("CAREWIRE_POSTGRES_PORT", Integer.toString(network.port()));
    environment.put("JAVA_TOOL_OPTIONS", QUICK_START);
    MainProcess started = MainProcess.run(folder, environment);
    assertThat(DemoFolder.await(START, () -> WholeConfiguration.port(started) > 0))
        .as(started.output())
        .isTrue();
    return started;
  }

  private URI http() {
    return URI.create("http://127.0.0.1:" + WholeConfiguration.port(node));
  }
}
