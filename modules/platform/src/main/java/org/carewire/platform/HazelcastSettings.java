package org.carewire.platform;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** How Hazelcast and the event bus between nodes are set. */
final class HazelcastSettings {
  private static final int CONNECT_TIMEOUT_MS = 1_000;
  private static final long PING_MS = 2_000;
  private static final long PONG_MS = 5_000;

  /** Times in seconds, unless the name says otherwise. */
  private static final Map<String, String> PROPERTIES =
      Map.ofEntries(
          // A node that hangs, or that the network has lost, is out after five seconds.
          Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
          Map.entry("hazelcast.max.no.heartbeat.seconds", "5"),
          // And back soon after it goes on.
          Map.entry("hazelcast.merge.first.run.delay.seconds", "5"),
          Map.entry("hazelcast.merge.next.run.delay.seconds", "5"),
          Map.entry("hazelcast.wait.seconds.before.join", "0"),
          // What is asked of a node that has just died is not waited for.
          Map.entry("hazelcast.operation.call.timeout.millis", "10000"),
          Map.entry("hazelcast.graceful.shutdown.max.wait", "5"),
          Map.entry("hazelcast.socket.bind.any", "false"),
          Map.entry("hazelcast.socket.connect.timeout.seconds", "2"),
          Map.entry("hazelcast.logging.type", "slf4j"),
          Map.entry("hazelcast.phone.home.enabled", "false"),
          Map.entry("hazelcast.shutdownhook.enabled", "false"));

  private HazelcastSettings() {}

  static Config of(ClusterConfig config, NodeId self, Set<NodeRole> roles) {
    // With what Vert.x needs of its maps.
    Config hazelcast = ConfigUtil.loadConfig();
    PROPERTIES.forEach(hazelcast::setProperty);
    hazelcast.setClusterName(config.name());
    hazelcast
        .getMemberAttributeConfig()
        .setAttribute(Cluster.NODE_ATTRIBUTE, self.value())
        .setAttribute(
            Cluster.ROLES_ATTRIBUTE,
            roles.stream().map(NodeRole::name).sorted().collect(Collectors.joining(",")));
    NetworkConfig network = hazelcast.getNetworkConfig();
    network.setPort(config.port()).setPortAutoIncrement(false);
    if (config.host() != null) {
      hazelcast.setProperty("hazelcast.local.localAddress", config.host());
    }
    ClusterConfig.Advertised advertised = config.advertised();
    if (advertised != null) {
      network.setPublicAddress(advertised.host() + ":" + advertised.port());
    }
    join(network.getJoin(), config);
    return hazelcast;
  }

  private static void join(JoinConfig join, ClusterConfig config) {
    join.getMulticastConfig().setEnabled(false);
    join.getAutoDetectionConfig().setEnabled(false);
    switch (config.join()) {
      case ClusterConfig.Join.Members members ->
          join.getTcpIpConfig().setEnabled(true).setMembers(members.addresses());
      // Of Kubernetes only the name: it asks any DNS for all addresses.
      case ClusterConfig.Join.Dns dns ->
          join.getKubernetesConfig()
              .setEnabled(true)
              .setProperty("service-dns", dns.name())
              .setProperty("service-port", Integer.toString(config.port()));
      case ClusterConfig.Join.Kubernetes kubernetes ->
          join.getKubernetesConfig()
              .setEnabled(true)
              .setProperty("service-name", kubernetes.service())
              .setProperty("service-port", Integer.toString(config.port()));
    }
  }

  static EventBusOptions bus(ClusterConfig config) {
    var options =
        new EventBusOptions()
            .setPort(config.busPort())
            .setConnectTimeout(CONNECT_TIMEOUT_MS)
            .setTcpNoDelay(true)
            .setTcpKeepAlive(true)
            .setClusterPingInterval(PING_MS)
            .setClusterPingReplyInterval(PONG_MS);
    if (config.host() != null) {
      options.setHost(config.host());
    }
    ClusterConfig.Advertised advertised = config.advertised();
    if (advertised != null) {
      options.setClusterPublicHost(advertised.host()).setClusterPublicPort(advertised.busPort());
    }
    ClusterConfig.Tls tls = config.tls();
    if (tls != null) {
      options
          .setSsl(true)
          .setKeyCertOptions(
              new PemKeyCertOptions()
                  .setCertPath(tls.certificate().toString())
                  .setKeyPath(tls.key().toString()))
          .setTrustOptions(new PemTrustOptions().addCertPath(tls.authority().toString()))
          .setClientAuth(ClientAuth.REQUIRED);
    }
    return options;
  }
}
