package org.carewire.loadtests;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The mode {@code connect}: many sessions that come, stay idle and go, twice. */
final class Connections {
  /**
   * After a full collection the heap is given back but for a tenth, so that the process is as large
   * as what it holds. The young generation, 64 MB, is of one size.
   */
  static final String FRUGAL =
      "-Xms128m -Xmx2g -Xmn64m -XX:+UseSerialGC"
          + " -XX:MinHeapFreeRatio=5 -XX:MaxHeapFreeRatio=10 -XX:-ShrinkHeapInSteps";

  private static final int WARM_UP = 500;

  /** Ports of one loopback address are enough for so many, even if all are in TIME_WAIT. */
  private static final int PER_ADDRESS = 2_000;

  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int CONNECT_SECONDS = 120;
  private static final int CATCH_UP_SECONDS = 30;

  private final Bench bench;
  private final int connections;
  private final int concurrent;
  private final List<User> users = new ArrayList<>();
  private int greeted;
  private int caughtUp;

  private record Round(
      String name,
      double greetedSeconds,
      double caughtUpSeconds,
      Latencies hello,
      Bench.Cpu before,
      Bench.Cpu after) {}

  Connections(Bench bench, Options options) {
    this.bench = bench;
    this.connections = options.number("connections", 10_000);
    this.concurrent = options.number("concurrent", 100);
    for (int i = 0; i < connections; i++) {
      users.add(new User(i));
    }
  }

  /** A user, who comes back with the same token and device. */
  private final class User extends ClientSession {
    private final int number;
    private long begun;
    private Latencies hello = new Latencies();

    User(int number) {
      super("user-" + number, number % 2 == 0 ? "patient" : "provider", "device-" + number);
      this.number = number;
    }

    void connect(ClientLoop loop, Latencies times) {
      renew();
      hello = times;
      begun = System.nanoTime();
      loop.open(1 + number / PER_ADDRESS, bench.server().address(), this);
    }

    @Override
    void greeted() {
      greeted++;
      hello.add(System.nanoTime() - begun);
    }

    @Override
    void caughtUp() {
      caughtUp++;
    }

    @Override
    void replied(long id, boolean success, byte[] bytes, int from, int to) {}

    @Override
    void happened(byte[] bytes, int from, int to) {}
  }

  void measure() throws IOException, InterruptedException {
    var puts = new ArrayList<Api.Put>();
    for (int i = 0; i + 1 < connections; i += 2) {
      puts.add(Api.Put.visit("v" + i, "user-" + i, "user-" + (i + 1)));
    }
    Progress.say("making " + puts.size() + " visits");
    new Api(bench.server().uri()).put(puts);
    try (var loop = new ClientLoop()) {
      connect("warm-up", Math.min(WARM_UP, connections), loop);
    }
    awaitAllGone();
    long pid = bench.server().pid();
    Progress.say("measuring the memory of the idle server");
    ServerMemory before = ServerMemory.of(pid);
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "round",
            "sessions/s to hello's reply",
            "sessions/s to caught up",
            "hello after " + Latencies.HEADING,
            "resident before → with all",
            "a connection",
            "live heap before → with all",
            "a connection",
            "processor time"));
    for (String name : List.of("first", "second")) {
      try (var loop = new ClientLoop()) {
        Round round = connect(name, connections, loop);
        Progress.say("measuring the memory with " + connections + " sessions");
        ServerMemory with = ServerMemory.of(pid);
        rows.add(row(round, before, with));
        if (name.equals("second")) {
          with.printGrowth(before, connections);
        }
      }
      awaitAllGone();
      before = ServerMemory.of(pid);
    }
    Progress.table(
        "Connections: %,d sessions, each of a user with a visit and a device"
            .formatted(connections),
        bench.describe(),
        rows);
    System.out.printf(
        "Resident after all have gone: %s; live heap: %s%n",
        megabytes(before.resident()), megabytes(before.heap()));
  }

  private Round connect(String name, int count, ClientLoop loop) {
    greeted = 0;
    caughtUp = 0;
    var hello = new Latencies();
    Bench.Cpu before = bench.cpu();
    long begun = System.nanoTime();
    long told = begun;
    int opened = 0;
    while (greeted < count) {
      while (opened < count && opened - greeted < concurrent) {
        users.get(opened++).connect(loop, hello);
      }
      loop.turn(TURN_NANOS);
      long now = System.nanoTime();
      if (now - told > PROGRESS_NANOS) {
        told = now;
        Progress.say("%s: %,d sessions".formatted(name, greeted));
      }
      if (now - begun > TimeUnit.SECONDS.toNanos(CONNECT_SECONDS)) {
        throw new IllegalStateException("Only %,d were greeted".formatted(greeted));
      }
    }
    double greetedSeconds = (System.nanoTime() - begun) / 1e9;
    Bench.Cpu after = bench.cpu();
    // A server that sends it has sent some by then.
    loop.turnUntil(() -> caughtUp > 0, 1);
    boolean all = caughtUp > 0 && loop.turnUntil(() -> caughtUp == count, CATCH_UP_SECONDS);
    double caughtUpSeconds = all ? (System.nanoTime() - begun) / 1e9 : Double.NaN;
    Progress.say(
        "%s: %,d sessions in %.1f s, %,d caught up"
            .formatted(name, count, greetedSeconds, caughtUp));
    return new Round(name, greetedSeconds, caughtUpSeconds, hello, before, after);
  }

  private void awaitAllGone() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (bench.server().metrics().connections() > 0) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("The server still knows sessions that have ended");
      }
      Thread.sleep(200);
    }
  }

  private List<String> row(Round round, ServerMemory before, ServerMemory with) {
    return List.of(
        round.name(),
        Progress.count(connections / round.greetedSeconds()),
        Double.isNaN(round.caughtUpSeconds())
            ? "not sent"
            : Progress.count(connections / round.caughtUpSeconds()),
        round.hello().cell(),
        megabytes(before.resident()) + " → " + megabytes(with.resident()),
        kilobytes(with.resident() - before.resident()),
        megabytes(before.heap()) + " → " + megabytes(with.heap()),
        kilobytes(with.heap() - before.heap()),
        round.after().secondsSince(round.before()));
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  private String kilobytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f kB", bytes / 1e3 / connections);
  }
}
