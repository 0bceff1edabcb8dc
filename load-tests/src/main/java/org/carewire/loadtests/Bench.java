package org.carewire.loadtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.carewire.testkit.TestRedis;

/** Nodes with their PostgreSQL and Redis, all of which end with it. */
final class Bench implements AutoCloseable {
  /** Of a core, beyond which other processes have spoiled a measurement. */
  private static final double DISTURBANCE = 0.1;

  private final Database database;
  private final TestRedis redis;
  private final Installation installation;
  private final List<Server> servers = new ArrayList<>();
  private boolean stopped;

  private Bench(Database database, TestRedis redis, Installation installation) {
    this.database = database;
    this.redis = redis;
    this.installation = installation;
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop"));
  }

  /** One node. */
  static Bench start(List<String> serverFlags) throws IOException, InterruptedException {
    return start(serverFlags, 1);
  }

  /** So many nodes, as a cluster where there is more than one. */
  static Bench start(List<String> serverFlags, int nodes) throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("loadtests.root", ".")).toAbsolutePath();
    Path folder = Files.createDirectories(root.resolve("load-tests/target/bench"));
    Progress.say("starting PostgreSQL and Redis");
    Database database = Database.start(folder.resolve("postgres"));
    TestRedis redis = TestRedis.startPrivate();
    var bench =
        new Bench(
            database,
            redis,
            new Installation(
                root, folder, serverFlags, database.port(), redis.address(), Ports.free(nodes)));
    try {
      bench.startServers();
      return bench;
    } catch (IOException | InterruptedException | RuntimeException e) {
      bench.close();
      throw e;
    }
  }

  private void startServers() throws IOException, InterruptedException {
    for (int i = 0; i < installation.nodes().size(); i++) {
      Progress.say(
          installation.nodes().size() == 1 ? "starting the server" : "starting node " + (i + 1));
      servers.add(Server.start(installation, i));
    }
    while (servers.size() > 1
        && servers.stream().anyMatch(server -> server.metrics().nodes() < servers.size())) {
      Thread.sleep(100);
    }
  }

  /** The only one, or the first. */
  Server server() {
    return servers.getFirst();
  }

  List<Server> servers() {
    return servers;
  }

  /** The one that so many sessions share the nodes with. */
  Server serverOf(int session) {
    return servers.get(session % servers.size());
  }

  /** What nodes have sent to each other, read while the client goes on. */
  CompletableFuture<BusMessages> busMessages() {
    return servers.size() == 1
        ? CompletableFuture.completedFuture(new BusMessages(Map.of()))
        : BusMessages.read(servers);
  }

  /** What PostgreSQL has committed, read while the client goes on. */
  CompletableFuture<Long> transactions() {
    return CompletableFuture.supplyAsync(
        database::committed, task -> Thread.ofPlatform().start(task));
  }

  /** In the database. */
  void execute(String sql) {
    database.execute(sql);
  }

  RedisCommands redisCommands() {
    return RedisCommands.read(redis.port());
  }

  Cpu cpu() {
    return new Cpu(
        System.nanoTime(),
        servers.stream().map(server -> CpuTime.of(server.pid())).toList(),
        CpuTime.ofFamily(database.pid()),
        CpuTime.of(ProcessHandle.current().pid()),
        CpuTime.ofAll());
  }

  /**
   * Processor seconds until now.
   *
   * @param servers of each node
   */
  record Cpu(long nanos, List<Double> servers, double postgres, double client, double all) {
    private double others() {
      return all - servers.stream().mapToDouble(Double::doubleValue).sum() - postgres - client;
    }

    /** Of each node, with a plus between them. */
    private String serversSince(Cpu before, String format, double factor) {
      return IntStream.range(0, servers.size())
          .mapToObj(i -> (servers.get(i) - before.servers.get(i)) * factor)
          .map(value -> String.format(Locale.ROOT, format, value))
          .collect(Collectors.joining(" + "));
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
          "server %s %%, PostgreSQL %.0f %%, client %.0f %%, others %.0f %%",
          serversSince(before, "%.0f", percent),
          (postgres - before.postgres) * percent,
          (client - before.client) * percent,
          othersSince(before) * percent);
    }

    String secondsSince(Cpu before) {
      double seconds = (nanos - before.nanos) / 1e9;
      double others = othersSince(before);
      return String.format(
          Locale.ROOT,
          "server %s s, PostgreSQL %.1f s, client %.1f s, others %.1f s%s, of %.1f s",
          serversSince(before, "%.1f", 1),
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
        describeServers(),
        database.describe());
  }

  private String describeServers() {
    return "java %s %s%s"
        .formatted(
            System.getProperty("java.version"),
            String.join(" ", installation.flags()),
            servers.size() == 1 ? "" : ", a cluster of " + servers.size());
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
    servers.forEach(Server::askToEnd);
    servers.forEach(Server::close);
    redis.stop();
    try {
      database.close();
    } catch (IOException e) {
      Progress.say("PostgreSQL could not be stopped: " + e.getMessage());
    }
  }
}
