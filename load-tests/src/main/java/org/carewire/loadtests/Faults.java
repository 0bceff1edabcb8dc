package org.carewire.loadtests;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/** The mode {@code cluster}: three nodes under a low load, and what becomes of their sessions. */
final class Faults {
  static final int NODES = 3;

  private static final int BEFORE_SECONDS = 5;
  private static final int AFTER_SECONDS = 3;
  private static final int RETURN_SECONDS = 60;
  private static final long POLL_MILLIS = 50;

  private final List<String> flags;
  private final Options options;
  private final int connections;
  private boolean isGood = true;

  /** What one fault needs. */
  private interface Scenario {
    void run(Bench bench, Population population) throws IOException, InterruptedException;
  }

  Faults(List<String> flags, Options options) {
    this.flags = flags;
    this.options = options;
    this.connections = options.number("connections", 5_000);
  }

  /** Those that are asked for, or all. Whether nothing was lost. */
  boolean measure() throws IOException, InterruptedException {
    boolean all = !options.has("kill") && !options.has("hang") && !options.has("rolling");
    if (all || options.has("kill")) {
      onFreshNodes(device -> 1 + device % (NODES - 1), this::kill);
    }
    if (all || options.has("hang")) {
      onFreshNodes(device -> device % NODES, this::hang);
    }
    if (all || options.has("rolling")) {
      onFreshNodes(device -> device % NODES, this::restartEach);
    }
    return isGood;
  }

  private void onFreshNodes(Function<Integer, Integer> nodeOfDevice, Scenario scenario)
      throws IOException, InterruptedException {
    List<Integer> rates = options.numbers("rate");
    String text = "x".repeat(options.number("text", 100));
    try (var bench = Bench.start(flags, NODES);
        var population =
            new Population(
                bench,
                connections,
                rates.isEmpty() ? 200 : rates.getFirst(),
                text,
                nodeOfDevice::apply,
                // Not on the node that is harmed first.
                desk -> 1 + desk % (NODES - 1))) {
      population.connect();
      population.write();
      population.turnFor(BEFORE_SECONDS);
      scenario.run(bench, population);
    }
  }

  /** The node that all devices have come to from the other ones. */
  private void kill(Bench bench, Population population) {
    population.gather(0);
    population.turnFor(BEFORE_SECONDS);
    Returns.Times times = population.returns().begin();
    Progress.say("killing the node with all devices");
    long killed = System.nanoTime();
    bench.servers().getFirst().kill();
    boolean back =
        population.turnUntil(() -> times.returned() >= population.size(), RETURN_SECONDS);
    population.turnFor(AFTER_SECONDS);
    isGood &= back;
    isGood &= population.settle();
    table(
        bench,
        "SIGKILL of the node with all %,d devices".formatted(population.size()),
        List.of(
            List.of("", "s after the kill", "target"),
            List.of("last one connected", seconds(times.lastConnected() - killed), ""),
            List.of("last one caught up", seconds(times.lastCaughtUp() - killed), "10"),
            List.of("back", times.returned() + " of " + population.size(), "all")));
    away(times);
  }

  /** A third of the devices is there. */
  private void hang(Bench bench, Population population) throws IOException, InterruptedException {
    Server hanging = bench.servers().getFirst();
    List<Server> others = bench.servers().subList(1, NODES);
    Returns.Times times = population.returns().begin();
    Progress.say("suspending a node");
    long suspended = System.nanoTime();
    hanging.suspend();
    long out = meanwhile(population, () -> awaitNodes(others, NODES - 1));
    Progress.say("it is out of the cluster");
    population.turnFor(AFTER_SECONDS);
    long resumed = System.nanoTime();
    hanging.resume();
    long in = meanwhile(population, () -> awaitNodes(bench.servers(), NODES));
    Progress.say("it is back");
    population.turnFor(AFTER_SECONDS);
    isGood &= population.settle();
    table(
        bench,
        "SIGSTOP and SIGCONT of a node with a third of %,d devices".formatted(population.size()),
        List.of(
            List.of("", "s", "target"),
            List.of("out of the cluster after SIGSTOP", seconds(out - suspended), "6"),
            List.of("in the cluster after SIGCONT", seconds(in - resumed), ""),
            List.of("sessions that were sent away", Integer.toString(times.lost()), "")));
    away(times);
  }

  /** In turn, each when the one before is back. */
  private void restartEach(Bench bench, Population population)
      throws IOException, InterruptedException {
    var rows = new ArrayList<List<String>>();
    rows.add(
        List.of(
            "node",
            "stopped after, s",
            "exit code",
            "back in the cluster after, s",
            "sessions sent away",
            "connected again after " + Latencies.HEADING,
            "caught up again after " + Latencies.HEADING + " (target 3,000)"));
    for (int i = 0; i < NODES; i++) {
      Server node = bench.servers().get(i);
      Returns.Times times = population.returns().begin();
      Progress.say("restarting node " + (i + 1));
      long asked = System.nanoTime();
      int status = meanwhile(population, node::stop);
      long stopped = System.nanoTime();
      meanwhile(
          population,
          () -> {
            node.startAgain();
            return awaitNodes(bench.servers(), NODES);
          });
      long back = System.nanoTime();
      isGood &= population.turnUntil(() -> population.returns().away() == 0, RETURN_SECONDS);
      population.turnFor(AFTER_SECONDS);
      isGood &= status == 0;
      rows.add(
          List.of(
              Integer.toString(i + 1),
              seconds(stopped - asked),
              Integer.toString(status),
              seconds(back - asked),
              Integer.toString(times.lost()),
              times.connected().cell(),
              times.caughtUp().cell()));
    }
    isGood &= population.settle();
    table(
        bench,
        "SIGTERM and restart of each node in turn, %,d devices".formatted(population.size()),
        rows);
  }

  /** When all these see so many, in {@link System#nanoTime}. */
  private static long awaitNodes(List<Server> servers, int nodes) throws InterruptedException {
    while (!servers.stream().allMatch(server -> server.metrics().nodes() == nodes)) {
      Thread.sleep(POLL_MILLIS);
    }
    return System.nanoTime();
  }

  /** Waits for something that blocks, while the clients go on. */
  private static <T> T meanwhile(Population population, Callable<T> step)
      throws InterruptedException {
    var task = new FutureTask<T>(step);
    Thread.ofVirtual().start(task);
    if (!population.turnUntil(task::isDone, 2 * RETURN_SECONDS)) {
      throw new IllegalStateException("The nodes have not done it in time");
    }
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }

  private static void table(Bench bench, String title, List<List<String>> rows) {
    Progress.table(title, bench.describe(), rows);
  }

  private static void away(Returns.Times times) {
    System.out.println(
        "Away until connected, " + Latencies.HEADING + ": " + times.connected().cell());
    System.out.println(
        "Away until caught up, " + Latencies.HEADING + ": " + times.caughtUp().cell());
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.2f", nanos / 1e9);
  }
}
