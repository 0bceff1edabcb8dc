package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How nodes find each other, other than by a list. */
class ClusterJoinTest {
  private static final Duration JOINED_WITHIN = Duration.ofSeconds(15);

  private final TestCluster cluster = TestCluster.empty(2);

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void nodesFindEachOtherByAName() {
    String port = Integer.toString(cluster.nextPort());
    TestNode first = cluster.add(byName("127.0.0.1", port));
    TestNode second = cluster.add(byName("127.0.0.2", port));

    assertThat(DemoFolder.await(JOINED_WITHIN, () -> first.nodes() == 2 && second.nodes() == 2))
        .isTrue();
  }

  @Test
  void nodesOfAnotherNameAreNoneOfTheCluster() {
    TestNode first = cluster.add(Map.of());
    TestNode second = cluster.add(Map.of("cluster.name", "another"));

    assertThat(first.nodes()).isEqualTo(1);
    assertThat(second.nodes()).isEqualTo(1);
  }

  /** Its addresses are those of this machine, and the port is one for all. */
  private static Map<String, String> byName(String host, String port) {
    return Map.of(
        "cluster.members",
        "",
        "cluster.dns",
        "localhost",
        "cluster.host",
        host,
        "cluster.port",
        port);
  }
}
