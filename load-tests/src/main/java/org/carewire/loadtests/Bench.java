package org.carewire.loadtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.carewire.testkit.TestRedis;

/** A server with its PostgreSQL and Redis, all of which end with it. */
final class Bench implements AutoCloseable {
  /** Of a core, beyond which other processes have spoiled a measurement. */
  private static final double DISTURBANCE = 0.1;

  private final Database database;
  private final TestRedis redis;
  private final Server server;
  private boolean stopped;

  private Bench(Database database, TestRedis redis, Server server) {
    this.database = database;
    this.redis = redis;
    this.server = server;
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop"));
  }

  static Bench start(List<String> serverFlags) throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("loadtests.root", ".")).toAbsolutePath();
    Path folder = Files.createDirectories(root.resolve("load-tests/target/bench"));
    Progress.say("starting PostgreSQL and Redis");
    Database database = Database.start(folder.resolve("postgres"));
    TestRedis redis = TestRedis.startPrivate();
    Progress.say("starting the server");
    Server server = Server.start(root, folder, serverFlags, database.port(), redis.address());
    return new Bench(database, redis, server);
  }

  Server server() {
    return server;
  }

  Cpu cpu() {
    return new Cpu(
        System.nanoTime(),
        CpuTime.of(server.pid()),
        CpuTime.ofFamily(database.pid()),
        CpuTime.of(ProcessHandle.current().pid()),
        CpuTime.ofAll());
  }

  /** Processor seconds until now. */
  record Cpu(long nanos, double server, double postgres, double client, double all) {
    private double others() {
      return all - server - postgres - client;
    }

    /** Processes are not accounted for at the same moments as the machine. */
    private double othersSince(Cpu before) {
      return Math.max(0, others() - before.others());
    }

    /** In percent of one core. */
    String since(Cpu before) {
      double percent = 100 / ((nanos - before.nanos) / 1e9);
      return String.format(
          Locale.ROOT,
          "server %.0f %%, PostgreSQL %.0f %%, client %.0f %%, others %.0f %%",
          (server - before.server) * percent,
          (postgres - before.postgres) * percent,
          (client - before.client) * percent,
          othersSince(before) * percent);
    }

    String secondsSince(Cpu before) {
      double seconds = (nanos - before.nanos) / 1e9;
      double others = othersSince(before);
      return String.format(
          Locale.ROOT,
          "server %.1f s, PostgreSQL %.1f s, client %.1f s, others %.1f s%s, of %.1f s",
          server - before.server,
          postgres - before.postgres,
          client - before.client,
          others,
          others > DISTURBANCE * seconds ? " (DISTURBED)" : "",
          seconds);
    }
  }

  /** What the numbers hold for. */
  List<String> describe() {
    return List.of(
        "%s, %d cores, Linux %s".formatted(processor(), cores(), System.getProperty("os.version")),
        Pinning.describe(),
        server.describe(),
        database.describe());
  }

  private static String processor() {
    return cpuLines("model name")
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .orElse(System.getProperty("os.arch"));
  }

  private static long cores() {
    long cores = cpuLines("processor").count();
    return cores == 0 ? Runtime.getRuntime().availableProcessors() : cores;
  }

  private static Stream<String> cpuLines(String beginning) {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith(beginning));
    } catch (IOException e) {
      return Stream.empty();
    }
  }

  @Override
  public synchronized void close() {
    if (stopped) {
      return;
    }
    stopped = true;
    server.close();
    redis.stop();
    try {
      database.close();
    } catch (IOException e) {
      Progress.say("PostgreSQL could not be stopped: " + e.getMessage());
    }
  }
}
