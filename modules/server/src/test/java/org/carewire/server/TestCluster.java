package org.carewire.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.TestRedis;

/** Several nodes in this process, with one PostgreSQL and one Redis of their own. */
final class TestCluster implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final TestPostgres.Database database = TestPostgres.newDatabase();
  private final TestRedis redis = TestRedis.startPrivate();
  private final List<Integer> ports;
  private final List<TestNode> nodes = new ArrayList<>();
  private final Set<TestNode> stopped = new HashSet<>();
  private final Map<String, String> settings;

  private TestCluster(int size, Map<String, String> settings) {
    this.ports = freePorts(2 * size);
    this.settings = settings;
  }

  /** Starts so many nodes, one after the other. */
  static TestCluster start(int size, Map<String, String> settings) {
    var cluster = new TestCluster(size, settings);
    for (int i = 0; i < size; i++) {
      cluster.add(Map.of());
    }
    return cluster;
  }

  static TestCluster start(int size) {
    return start(size, Map.of());
  }

  /** None yet, but room for so many. */
  static TestCluster empty(int size) {
    return empty(size, Map.of());
  }

  /** The same, of nodes whose configuration differs in the given keys. */
  static TestCluster empty(int size, Map<String, String> settings) {
    return new TestCluster(size, settings);
  }

  /** One more node, whose configuration differs in the given keys. */
  TestNode add(Map<String, String> own) {
    var values = new HashMap<String, String>();
    values.put("redis.uri", redis.address());
    values.put("cluster.host", HOST);
    values.put("cluster.port", Integer.toString(ports.get(2 * nodes.size())));
    values.put("cluster.busPort", Integer.toString(ports.get(2 * nodes.size() + 1)));
    values.put(
        "cluster.members",
        Stream.iterate(0, i -> i < ports.size(), i -> i + 2)
            .map(i -> HOST + ":" + ports.get(i))
            .collect(Collectors.joining(",")));
    values.putAll(settings);
    values.putAll(own);
    TestNode node = TestNode.start(database, values);
    nodes.add(node);
    return node;
  }

  TestNode node(int index) {
    return nodes.get(index);
  }

  /** The port of Hazelcast of the node that comes next. */
  int nextPort() {
    return ports.get(2 * nodes.size());
  }

  /** The port at which other nodes speak with the bus of the node that comes next. */
  int nextBusPort() {
    return ports.get(2 * nodes.size() + 1);
  }

  TestRedis redis() {
    return redis;
  }

  TestPostgres.Database database() {
    return database;
  }

  /** Stops a node in order. */
  void stop(TestNode node) {
    node.close();
    stopped.add(node);
  }

  @Override
  public void close() {
    nodes.stream().filter(node -> !stopped.contains(node)).forEach(TestNode::close);
    redis.close();
  }

  private static List<Integer> freePorts(int count) {
    var sockets = new ArrayList<ServerSocket>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      List<Integer> free = sockets.stream().map(ServerSocket::getLocalPort).toList();
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return free;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
