package org.carewire.server;

import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.carewire.testkit.FaultProxy;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.TestRedis;
import org.jspecify.annotations.Nullable;

/**
 * A node in a process of its own, with a network of its own to everything but its clients. It may
 * end and begin again, at the same ports.
 */
final class NodeProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(40);
  private static final int STARTS = 4;

  /** As {@code node.stopTimeout}, and what the end of a JVM takes on a machine that is busy. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(23);

  /** Starts sooner, and there are several. */
  private static final String JVM = "-XX:TieredStopAtLevel=1 -Xmx256m";

  private final String name;
  private final Path folder;
  private final @Nullable Path changedClasses;
  private final Map<String, String> environment;
  private final int httpPort;
  private final FaultProxy postgres;
  private final FaultProxy redis;
  private final FaultProxy members;
  private final FaultProxy bus;
  private final AtomicInteger restartedStarts = new AtomicInteger();
  private volatile @Nullable MainProcess process;
  private volatile boolean serving;
  private volatile Instant servingSince = Instant.EPOCH;

  /**
   * A node that is not there yet.
   *
   * @param changedClasses that come before ours; null where none do
   * @param origin which node has opened a connection
   */
  NodeProcess(
      String name,
      Path folder,
      @Nullable Path changedClasses,
      TestPostgres.Database database,
      TestRedis redisServer,
      Function<Socket, String> origin) {
    this.name = name;
    this.folder = folder;
    this.changedClasses = changedClasses;
    this.httpPort = LastingPorts.next();
    int memberPort = LastingPorts.next();
    int busPort = LastingPorts.next();
    this.postgres = FaultProxy.before(database.port());
    this.redis = FaultProxy.before(redisServer.port());
    this.members = FaultProxy.before(memberPort, origin);
    this.bus = FaultProxy.before(busPort, origin);
    environment = WholeConfiguration.environment(folder, database);
    environment.put("CAREWIRE_HTTP_PORT", Integer.toString(httpPort));
    environment.put("CAREWIRE_POSTGRES_PORT", Integer.toString(postgres.port()));
    environment.put("CAREWIRE_REDIS_URI", "redis://127.0.0.1:" + redis.port());
    environment.put("CAREWIRE_NODE_INSTANCES", "2");
    // So that clients soon notice a node that hangs.
    environment.put("CAREWIRE_SESSION_PING_INTERVAL", "2s");
    environment.put("CAREWIRE_CLUSTER_HOST", "127.0.0.1");
    environment.put("CAREWIRE_CLUSTER_PORT", Integer.toString(memberPort));
    environment.put("CAREWIRE_CLUSTER_BUS_PORT", Integer.toString(busPort));
    environment.put("CAREWIRE_CLUSTER_PUBLIC_HOST", "127.0.0.1");
    environment.put("CAREWIRE_CLUSTER_PUBLIC_PORT", Integer.toString(members.port()));
    environment.put("CAREWIRE_CLUSTER_PUBLIC_BUS_PORT", Integer.toString(bus.port()));
    environment.put("JAVA_TOOL_OPTIONS", JVM);
  }

  /** Where others find it. */
  String memberAddress() {
    return "127.0.0.1:" + members.port();
  }

  /** Before its start. */
  void joins(String memberAddresses) {
    environment.put("CAREWIRE_CLUSTER_MEMBERS", memberAddresses);
  }

  /** Before its start: as environment variables. */
  void isSet(Map<String, String> settings) {
    environment.putAll(settings);
  }

  /** There are no others. */
  void isAlone() {
    environment.keySet().removeIf(key -> key.startsWith("CAREWIRE_CLUSTER_"));
  }

  /** Returns once it serves; where it gives up it is started again, as a service manager does. */
  void start() {
    for (int i = 0; i < STARTS; i++) {
      MainProcess started =
          changedClasses == null
              ? MainProcess.run(folder, environment)
              : MainProcess.run(changedClasses, folder, environment);
      process = started;
      DemoFolder.await(
          START_LIMIT, () -> WholeConfiguration.port(started) > 0 || !started.isAlive());
      if (started.isAlive() && WholeConfiguration.port(started) > 0) {
        serves(true);
        return;
      }
      started.close();
      restartedStarts.incrementAndGet();
    }
    throw new AssertionError(name + " does not start: " + process().output());
  }

  private void serves(boolean does) {
    serving = does;
    if (does) {
      servingSince = Instant.now();
    }
  }

  /** Where it runs, and so what its file names are relative to. */
  Path folder() {
    return folder;
  }

  /** Ends it without a chance to clean up. */
  void kill() {
    serves(false);
    process().close();
  }

  void hang() {
    serves(false);
    process().pause();
  }

  void wakeUp() {
    process().resume();
    serves(true);
  }

  /** Asks it to end. Answers its exit code, or empty where it did not end in time. */
  OptionalInt terminate() {
    serves(false);
    MainProcess ending = process();
    ending.terminate();
    OptionalInt code = ending.exitWithin(STOP_LIMIT);
    ending.close();
    return code;
  }

  /** Whether clients are sent there: it is neither dead, nor hanging, nor about to end. */
  boolean isServing() {
    return serving;
  }

  /** Whether that has been so ever since. */
  boolean hasServedSince(Instant time) {
    return serving && servingSince.isBefore(time);
  }

  /** How many starts ended before the node served. */
  int failedStarts() {
    return restartedStarts.get();
  }

  private MainProcess process() {
    MainProcess present = process;
    if (present == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return present;
  }

  URI http() {
    return URI.create("http://127.0.0.1:" + httpPort);
  }

  long pid() {
    MainProcess present = process;
    return present == null ? 0 : present.pid();
  }

  /** What it has printed since its last start. */
  String output() {
    return process().output();
  }

  FaultProxy postgres() {
    return postgres;
  }

  FaultProxy redis() {
    return redis;
  }

  /** In front of its ports for other nodes. */
  void partition(Set<String> from, boolean cuts) {
    if (cuts) {
      members.refuse(from::contains);
      bus.refuse(from::contains);
    } else {
      members.hang(from::contains);
      bus.hang(from::contains);
    }
  }

  void heal() {
    members.stopRefusing();
    bus.stopRefusing();
    members.resume();
    bus.resume();
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
    postgres.close();
    redis.close();
    members.close();
    bus.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
