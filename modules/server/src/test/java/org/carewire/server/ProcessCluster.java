package org.carewire.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.carewire.testkit.PrivatePostgres;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.TestRedis;
import org.jspecify.annotations.Nullable;

/** Some nodes, each in a process of its own, with a PostgreSQL and a Redis of theirs. */
final class ProcessCluster implements AutoCloseable {
  private final PrivatePostgres postgres;
  private final TestRedis redis;
  private final List<NodeProcess> nodes = new ArrayList<>();

  private ProcessCluster(
      Path folder, int size, @Nullable Path changedClasses, Map<String, String> settings) {
    postgres = PrivatePostgres.start(folder.resolve("postgres"));
    redis = TestRedis.startPrivate();
    for (int number = 1; number <= size; number++) {
      nodes.add(
          new NodeProcess(
              "node" + number,
              folderOf(folder, number),
              changedClasses,
              postgres.database(),
              redis,
              this::origin));
    }
    String addresses =
        nodes.stream().map(NodeProcess::memberAddress).collect(Collectors.joining(","));
    nodes.forEach(node -> node.joins(addresses));
    nodes.forEach(node -> node.isSet(settings));
    if (size == 1) {
      nodes.forEach(NodeProcess::isAlone);
    }
  }

  /**
   * Starts all.
   *
   * @param changedClasses that come before ours in every node; null where none do
   * @param settings of every node, as environment variables
   */
  static ProcessCluster start(
      Path folder, int size, @Nullable Path changedClasses, Map<String, String> settings) {
    var cluster = new ProcessCluster(folder, size, changedClasses, settings);
    try (ExecutorService starting = Executors.newVirtualThreadPerTaskExecutor()) {
      cluster.nodes.stream()
          .map(node -> CompletableFuture.runAsync(node::start, starting))
          .toList()
          .forEach(CompletableFuture::join);
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private static Path folderOf(Path folder, int number) {
    try {
      return Files.createDirectories(folder.resolve("node" + number));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name of the node that has opened a connection; empty where it is none of them. */
  private String origin(Socket accepted) {
    OptionalLong owner =
        ConnectionOwner.canBeFound()
            ? ConnectionOwner.find(accepted, nodes.stream().map(NodeProcess::pid).toList())
            : OptionalLong.empty();
    return nodes.stream()
        .filter(node -> owner.isPresent() && node.pid() == owner.getAsLong())
        .map(NodeProcess::toString)
        .findFirst()
        .orElse("");
  }

  List<NodeProcess> nodes() {
    return nodes;
  }

  NodeProcess node(URI http) {
    return nodes.stream().filter(node -> node.http().equals(http)).findFirst().orElseThrow();
  }

  /** What a load balancer would choose: one that serves, if any does. */
  URI choose(Random random) {
    List<NodeProcess> serving = nodes.stream().filter(NodeProcess::isServing).toList();
    List<NodeProcess> from = serving.isEmpty() ? nodes : serving;
    return from.get(random.nextInt(from.size())).http();
  }

  /** Whether a node has served for so long without anything done to it. */
  boolean hasServed(URI http, Duration time) {
    return node(http).hasServedSince(Instant.now().minus(time));
  }

  /** Nothing passes any more between those nodes and the others. */
  void partition(Set<NodeProcess> side, boolean cuts) {
    var others = new HashSet<>(nodes);
    others.removeAll(side);
    side.forEach(node -> node.partition(names(others), cuts));
    others.forEach(node -> node.partition(names(side), cuts));
  }

  private static Set<String> names(Set<NodeProcess> nodes) {
    return nodes.stream().map(NodeProcess::toString).collect(Collectors.toSet());
  }

  void heal() {
    nodes.forEach(NodeProcess::heal);
  }

  TestPostgres.Database database() {
    return postgres.database();
  }

  void restartPostgres() {
    postgres.crash();
    postgres.restart();
  }

  void emptyRedis() {
    redis.clear();
  }

  @Override
  public void close() {
    nodes.forEach(NodeProcess::close);
    redis.close();
    postgres.close();
  }
}
