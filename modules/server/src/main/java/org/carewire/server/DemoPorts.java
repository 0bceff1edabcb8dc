package org.carewire.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The ports of the demo's cluster.
 *
 * @param balancer what clients use
 * @param nodes in order
 */
record DemoPorts(int balancer, List<OfNode> nodes) {
  static final String VARIABLE = Settings.environmentName("http.port");

  private static final int BALANCER = 8080;
  private static final int HTTP = 8091;
  private static final int MANAGEMENT = 8191;
  private static final int CLUSTER = 5701;
  private static final int BUS = 5711;

  /** Nowhere near the ends of what a port can be, for any of them. */
  private static final int LOWEST = 4_000;

  private static final int HIGHEST = 65_000;

  record OfNode(int http, int management, int cluster, int bus) {
    private Stream<Integer> all() {
      return Stream.of(http, management, cluster, bus);
    }
  }

  /**
   * All are as much higher than the usual ones as the balancer's is; where that is 0, all are any
   * that are free.
   */
  static DemoPorts of(Settings settings, int nodes) throws IOException {
    int balancer = settings.integer("http.port", 0, HIGHEST, BALANCER);
    if (balancer == 0) {
      return free(nodes);
    }
    if (balancer < LOWEST) {
      throw Settings.wrong(
          "http.port", Integer.toString(balancer), "0 or between " + LOWEST + " and " + HIGHEST);
    }
    int moved = balancer - BALANCER;
    return new DemoPorts(
        balancer,
        IntStream.range(moved, moved + nodes)
            .mapToObj(i -> new OfNode(HTTP + i, MANAGEMENT + i, CLUSTER + i, BUS + i))
            .toList());
  }

  private static DemoPorts free(int nodes) throws IOException {
    var sockets = new ArrayList<ServerSocket>();
    try {
      // All at once, so that none is given twice.
      for (int i = 0; i < 1 + 4 * nodes; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.ofLiteral(DemoFolder.HOST)));
      }
      List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
      return new DemoPorts(
          ports.getFirst(),
          IntStream.range(0, nodes)
              .map(i -> 1 + 4 * i)
              .mapToObj(
                  i ->
                      new OfNode(
                          ports.get(i), ports.get(i + 1), ports.get(i + 2), ports.get(i + 3)))
              .toList());
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  /** Before anything is started, as a node that cannot open one says so in its log alone. */
  void requireFreeForNodes() {
    nodes.stream().flatMap(OfNode::all).forEach(DemoPorts::requireFree);
  }

  static void requireFree(int port) {
    try (var _ = new ServerSocket(port, 1, InetAddress.ofLiteral(DemoFolder.HOST))) {
      // It is.
    } catch (IOException e) {
      throw new StartFailure(
          "Port %d cannot be opened (%s): stop what uses it, or move all ports by setting %s"
              .formatted(port, e.getMessage(), VARIABLE),
          e);
    }
  }

  /** The seed list of the cluster. */
  String members() {
    return String.join(
        ",", nodes.stream().map(node -> DemoFolder.HOST + ":" + node.cluster()).toList());
  }
}
