package org.carewire.testkit;

import java.util.ArrayList;
import java.util.List;

/** A Redis Cluster of three masters, of which the first has a replica. */
public final class TestRedisCluster implements AutoCloseable {
  private static final int MASTERS = 3;
  private static final int SLOTS = 16_384;

  private final List<RedisProcess> masters = new ArrayList<>();
  private final RedisProcess replica;

  private TestRedisCluster() {
    for (int i = 0; i < MASTERS; i++) {
      masters.add(node());
    }
    replica = node();
    for (int i = 0; i < MASTERS; i++) {
      RedisProcess master = masters.get(i);
      master.command("CLUSTER SET-CONFIG-EPOCH " + (i + 1));
      master.command(
          "CLUSTER ADDSLOTSRANGE %d %d"
              .formatted(SLOTS * i / MASTERS, SLOTS * (i + 1) / MASTERS - 1));
    }
    nodes()
        .forEach(
            node ->
                nodes()
                    .forEach(
                        other -> {
                          if (node.port() < other.port()) {
                            node.command(
                                "CLUSTER MEET 127.0.0.1 %d %d"
                                    .formatted(other.port(), busPort(other)));
                          }
                        }));
    String first = masters.getFirst().command("CLUSTER MYID");
    replica.awaitAnswer("CLUSTER NODES", first);
    replica.awaitAnswer("CLUSTER REPLICATE " + first, "+OK");
    nodes().forEach(node -> node.awaitAnswer("CLUSTER INFO", "cluster_state:ok"));
    nodes().forEach(node -> node.awaitAnswer("CLUSTER NODES", "slave " + first));
    replica.awaitAnswer("INFO replication", "master_link_status:up");
  }

  private static RedisProcess node() {
    // What others have is served though one has lost its master.
    return RedisProcess.server(
        "",
        """
        cluster-enabled yes
        cluster-port %d
        cluster-node-timeout 500
        cluster-require-full-coverage no
        cluster-replica-validity-factor 0
        """
            .formatted(RedisProcess.freePort()));
  }

  private static int busPort(RedisProcess node) {
    // As in <id> 127.0.0.1:6379@16379 myself,master …
    String self =
        node.command("CLUSTER NODES")
            .lines()
            .filter(line -> line.contains("myself"))
            .findFirst()
            .orElseThrow();
    return Integer.parseInt(self.replaceFirst("(?s).*?@([0-9]+).*", "$1"));
  }

  /** Starts all, and waits until they are one. */
  public static TestRedisCluster start() {
    return new TestRedisCluster();
  }

  private List<RedisProcess> nodes() {
    var nodes = new ArrayList<>(masters);
    nodes.add(replica);
    return nodes;
  }

  /** Of all nodes but the replica. */
  public List<String> uris() {
    return masters.stream().map(RedisProcess::uri).toList();
  }

  /** Of the three; that of the first third of slots, which has a replica, comes first. */
  public List<RedisProcess> masters() {
    return masters;
  }

  @Override
  public void close() {
    nodes().forEach(RedisProcess::close);
  }
}
