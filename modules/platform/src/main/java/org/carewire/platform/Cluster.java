package org.carewire.platform;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which nodes there are, as this one sees it. Safe for all threads; asking costs nothing. */
public final class Cluster {
  private static final Logger log = LoggerFactory.getLogger(Cluster.class);
  static final String NODE_ATTRIBUTE = "carewire.node";
  static final String ROLES_ATTRIBUTE = "carewire.roles";

  /** Another node. */
  public record Peer(NodeId node, Set<NodeRole> roles) {}

  /** Is told of changes, one after the other, by any thread. */
  public interface Listener {
    void changed(List<Peer> come, List<Peer> gone);
  }

  private final NodeId self;
  private final Set<NodeRole> roles;
  private final @Nullable HazelcastInstance hazelcast;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile List<Peer> others = List.of();

  private Cluster(NodeId self, Set<NodeRole> roles, @Nullable HazelcastInstance hazelcast) {
    this.self = self;
    this.roles = roles;
    this.hazelcast = hazelcast;
  }

  /** A node that there is only one of. */
  public static Cluster alone(NodeId self) {
    return new Cluster(self, NodeRole.ALL, null);
  }

  /** A node with its event loops. */
  public record Joined(Vertx vertx, Cluster cluster) {}

  /** Starts Vert.x as a member of the cluster; blocks nobody, and takes seconds. */
  public static Future<Joined> join(
      VertxBuilder builder,
      VertxOptions options,
      ClusterConfig config,
      NodeId self,
      Set<NodeRole> roles) {
    var manager = new HazelcastClusterManager(HazelcastSettings.of(config, self, roles));
    options.setEventBusOptions(HazelcastSettings.bus(config));
    return builder
        .with(options)
        .withClusterManager(manager)
        .buildClustered()
        .map(
            vertx -> {
              HazelcastInstance hazelcast = manager.getHazelcastInstance();
              var cluster = new Cluster(self, roles, hazelcast);
              hazelcast.getCluster().addMembershipListener(cluster.new Members());
              // After a merge of two halves no event tells of all that has changed.
              hazelcast.getLifecycleService().addLifecycleListener(_ -> cluster.look());
              cluster.look();
              return new Joined(vertx, cluster);
            });
  }

  public void bindTo(MeterRegistry metrics) {
    metrics.gauge("carewire.cluster.nodes", this, cluster -> 1 + cluster.others.size());
  }

  public NodeId self() {
    return self;
  }

  /** Whether there may be other nodes, now or later. */
  public boolean isClustered() {
    return hazelcast != null;
  }

  boolean does(NodeRole role) {
    return roles.contains(role);
  }

  /** The other nodes. */
  public List<Peer> others() {
    return others;
  }

  /** Those of them that have a role. */
  public List<NodeId> others(NodeRole role) {
    List<Peer> present = others;
    return present.isEmpty()
        ? List.of()
        : present.stream().filter(peer -> peer.roles().contains(role)).map(Peer::node).toList();
  }

  public void listen(Listener listener) {
    listeners.add(listener);
  }

  private synchronized void look() {
    HazelcastInstance instance = Objects.requireNonNull(hazelcast);
    if (!instance.getLifecycleService().isRunning()) {
      return;
    }
    List<Peer> before = others;
    List<Peer> now =
        instance.getCluster().getMembers().stream()
            .filter(member -> member.getAttribute(NODE_ATTRIBUTE) != null)
            .map(Cluster::peer)
            .filter(peer -> !peer.node().equals(self))
            .toList();
    others = now;
    List<Peer> come = now.stream().filter(peer -> !before.contains(peer)).toList();
    List<Peer> gone = before.stream().filter(peer -> !now.contains(peer)).toList();
    come.forEach(peer -> tell(peer, "cluster.nodeJoined"));
    gone.forEach(peer -> tell(peer, "cluster.nodeLeft"));
    if (!come.isEmpty() || !gone.isEmpty()) {
      listeners.forEach(listener -> listener.changed(come, gone));
    }
  }

  private void tell(Peer peer, String event) {
    log.atInfo()
        .addKeyValue("node", peer.node())
        .addKeyValue("nodes", 1 + others.size())
        .log(event);
  }

  private static Peer peer(Member member) {
    return new Peer(
        new NodeId(member.getAttribute(NODE_ATTRIBUTE)),
        NodeRole.named(String.valueOf(member.getAttribute(ROLES_ATTRIBUTE))));
  }

  private final class Members implements MembershipListener {
    @Override
    public void memberAdded(MembershipEvent event) {
      look();
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
      look();
    }
  }
}
