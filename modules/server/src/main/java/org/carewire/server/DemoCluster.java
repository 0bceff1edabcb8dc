package org.carewire.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The demo mode with three nodes, each a process of its own, and nginx in front of them. */
final class DemoCluster implements AutoCloseable {
  private static final int NODES = 3;

  private final DemoServers servers;
  private final DemoPorts ports;
  private final List<DemoNode> nodes = new ArrayList<>();
  private @Nullable DemoBalancer balancer;

  private DemoCluster(DemoServers servers, DemoPorts ports) {
    this.servers = servers;
    this.ports = ports;
  }

  /**
   * Starts everything, or leaves nothing running.
   *
   * @param environment of all nodes; may set anything but what the demo sets itself, which is
   *     refused
   */
  static DemoCluster start(
      Path folder, Map<String, String> environment, Consumer<String> progress) {
    DemoServers.refuseOwn(environment, "CAREWIRE_CLUSTER_", "CAREWIRE_MANAGEMENT_");
    DemoPorts ports;
    try {
      ports = DemoPorts.of(new Settings(Map.of(), environment), NODES);
    } catch (IOException e) {
      throw new StartFailure("No port is free: " + e.getMessage(), e);
    }
    ports.requireFreeForNodes();
    var cluster = new DemoCluster(DemoServers.start(folder, progress), ports);
    try {
      cluster.startBalancer(folder, progress);
      cluster.startNodes(folder, environment, progress);
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void startNodes(Path folder, Map<String, String> environment, Consumer<String> progress) {
    for (int i = 0; i < NODES; i++) {
      progress.accept("Starting node " + (i + 1) + " …");
      DemoPorts.OfNode own = ports.nodes().get(i);
      nodes.add(DemoNode.start(i + 1, own, environment(environment, own), folder, progress));
      if (i == 0) {
        // Only one makes the tables and the visits.
        nodes.getFirst().awaitReady();
      }
    }
    nodes.forEach(DemoNode::awaitReady);
    nodes.forEach(DemoNode::keep);
  }

  private Map<String, String> environment(Map<String, String> given, DemoPorts.OfNode own) {
    var settings = new HashMap<>(servers.settings());
    // What connects is nginx, which says who it is for.
    settings.put("http.forwardedHeaders", "true");
    settings.put("management.port", Integer.toString(own.management()));
    settings.put("cluster.members", ports.members());
    settings.put("cluster.host", DemoFolder.HOST);
    settings.put("cluster.port", Integer.toString(own.cluster()));
    settings.put("cluster.busPort", Integer.toString(own.bus()));
    var environment = new HashMap<String, String>();
    settings.forEach((key, value) -> environment.put(Settings.environmentName(key), value));
    environment.putAll(given);
    environment.put(DemoPorts.VARIABLE, Integer.toString(own.http()));
    return environment;
  }

  private void startBalancer(Path folder, Consumer<String> progress) {
    Optional<Path> nginx = NginxConfiguration.program();
    if (nginx.isPresent()) {
      balancer =
          DemoBalancer.start(
              folder.resolve("nginx"),
              nginx.get(),
              ports.balancer(),
              ports.nodes().stream().map(node -> DemoFolder.HOST + ":" + node.http()).toList(),
              progress);
    }
  }

  /** What to print when it is ready. */
  String banner() {
    return Banner.ofCluster(
        balancer == null ? null : ports.balancer(),
        nodes.get(0).httpPort(),
        nodes.get(1).httpPort(),
        nodes.stream().map(DemoNode::describe).toList());
  }

  @Override
  public void close() {
    nodes.forEach(DemoNode::askToEnd);
    nodes.forEach(DemoNode::close);
    if (balancer != null) {
      balancer.close();
    }
    servers.close();
  }
}
