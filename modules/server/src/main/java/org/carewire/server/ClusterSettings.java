package org.carewire.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.carewire.platform.ClusterConfig;
import org.carewire.platform.ClusterConfig.Join;
import org.jspecify.annotations.Nullable;

/** Reads how nodes find and reach each other. */
final class ClusterSettings {
  private static final int PORT = 5701;
  private static final int BUS_PORT = 5702;
  private static final int MAX_PORT = 65_535;

  private ClusterSettings() {}

  /** Absent where the node is to be alone. */
  static @Nullable ClusterConfig read(Settings settings) {
    Join join = join(settings);
    String name = settings.text("cluster.name", "carewire");
    String host = settings.optional("cluster.host");
    int port = settings.integer("cluster.port", 1, MAX_PORT, PORT);
    int busPort = settings.integer("cluster.busPort", 1, MAX_PORT, BUS_PORT);
    ClusterConfig.Advertised advertised = advertised(settings, port, busPort);
    ClusterConfig.Tls tls = tls(settings);
    return join == null
        ? null
        : new ClusterConfig(name, join, host, port, busPort, advertised, tls);
  }

  static StartFailure notJoined(ClusterConfig config, Exception failure) {
    return new StartFailure(
        "The cluster cannot be joined at ports %d and %d (%s): stop what uses them, or set others as cluster.port and cluster.busPort"
            .formatted(config.port(), config.busPort(), failure.getMessage()),
        failure);
  }

  private static @Nullable Join join(Settings settings) {
    List<String> members = settings.list("cluster.members");
    String dns = settings.optional("cluster.dns");
    String kubernetes = settings.optional("cluster.kubernetes");
    var ways = new ArrayList<Join>();
    if (!members.isEmpty()) {
      ways.add(new Join.Members(members));
    }
    if (dns != null) {
      ways.add(new Join.Dns(dns));
    }
    if (kubernetes != null) {
      ways.add(new Join.Kubernetes(kubernetes));
    }
    if (ways.size() > 1) {
      throw new StartFailure(
          "Set one of cluster.members, cluster.dns and cluster.kubernetes, not several");
    }
    return ways.isEmpty() ? null : ways.getFirst();
  }

  private static ClusterConfig.@Nullable Advertised advertised(
      Settings settings, int port, int busPort) {
    String host = settings.optional("cluster.publicHost");
    int publicPort = settings.integer("cluster.publicPort", 1, MAX_PORT, port);
    int publicBusPort = settings.integer("cluster.publicBusPort", 1, MAX_PORT, busPort);
    if (host == null && (publicPort != port || publicBusPort != busPort)) {
      throw new StartFailure(
          "cluster.publicPort and cluster.publicBusPort need cluster.publicHost too");
    }
    return host == null ? null : new ClusterConfig.Advertised(host, publicPort, publicBusPort);
  }

  private static ClusterConfig.@Nullable Tls tls(Settings settings) {
    Path certificate = file(settings, "cluster.certificate");
    Path key = file(settings, "cluster.key");
    Path authority = file(settings, "cluster.authority");
    if (certificate == null && key == null && authority == null) {
      return null;
    }
    if (certificate == null || key == null || authority == null) {
      throw new StartFailure(
          "Set cluster.certificate, cluster.key and cluster.authority, or none of them");
    }
    return new ClusterConfig.Tls(certificate, key, authority);
  }

  private static @Nullable Path file(Settings settings, String key) {
    String value = settings.optional(key);
    if (value != null && !Files.isReadable(Path.of(value))) {
      throw Settings.wrong(key, value, "the path of a PEM file that can be read");
    }
    return value == null ? null : Path.of(value);
  }
}
