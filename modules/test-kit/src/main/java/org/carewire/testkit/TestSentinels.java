package org.carewire.testkit;

import java.util.List;
import java.util.stream.IntStream;

/** A Redis with a replica, and three sentinels that watch both, with one password for all. */
public final class TestSentinels implements AutoCloseable {
  public static final String MASTER = "carewire";
  private static final String PASSWORD = "sesame";
  private static final int SENTINELS = 3;

  private final RedisProcess master;
  private final RedisProcess replica;
  private final List<RedisProcess> sentinels;

  private TestSentinels() {
    master = RedisProcess.server(PASSWORD, "");
    replica = RedisProcess.server(PASSWORD, "replicaof 127.0.0.1 " + master.port());
    replica.awaitAnswer("INFO replication", "master_link_status:up");
    sentinels = IntStream.range(0, SENTINELS).mapToObj(_ -> sentinel()).toList();
    sentinels.forEach(
        sentinel -> sentinel.awaitAnswer("SENTINEL CKQUORUM " + MASTER, "OK 3 usable"));
  }

  private RedisProcess sentinel() {
    return RedisProcess.start(
        PASSWORD,
        """
        requirepass %2$s
        sentinel monitor %1$s 127.0.0.1 %3$d 2
        sentinel auth-pass %1$s %2$s
        sentinel sentinel-pass %2$s
        sentinel down-after-milliseconds %1$s 500
        sentinel failover-timeout %1$s 2000
        """
            .formatted(MASTER, PASSWORD, master.port()),
        "--sentinel");
  }

  /** Starts all, and waits until they know each other. */
  public static TestSentinels start() {
    return new TestSentinels();
  }

  /** Of the sentinels; the first one has no port open. */
  public List<String> uris() {
    return IntStream.concat(
            IntStream.of(RedisProcess.freePort()), sentinels.stream().mapToInt(RedisProcess::port))
        .mapToObj(port -> "redis://:" + PASSWORD + "@127.0.0.1:" + port)
        .toList();
  }

  /** The first master. */
  public RedisProcess master() {
    return master;
  }

  public List<RedisProcess> sentinels() {
    return sentinels;
  }

  @Override
  public void close() {
    sentinels.forEach(RedisProcess::close);
    replica.close();
    master.close();
  }
}
