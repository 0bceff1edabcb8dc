package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Finds the other gateways that deliveries are for. One that Redis does not know everything of gets
 * everything; without Redis, all do.
 */
final class RouteLookup {
  /** After a failure Redis is left alone for so long, as each look-up would wait for it. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Cluster cluster;
  private final RedisAccess redis;
  private volatile long failedAt = System.nanoTime() - PAUSE_NANOS;

  RouteLookup(Cluster cluster, RedisAccess redis) {
    this.cluster = cluster;
    this.redis = redis;
  }

  /** For each audience, in their order; never fails. */
  Future<List<Collection<NodeId>>> gateways(List<Audience> audiences) {
    List<NodeId> gateways = cluster.others(NodeRole.GATEWAY);
    List<Route> routes =
        audiences.stream()
            .filter(Audience.Routes.class::isInstance)
            .flatMap(audience -> ((Audience.Routes) audience).routes().stream())
            .distinct()
            .toList();
    if (routes.isEmpty() || gateways.isEmpty() || isPausing()) {
      return Future.succeededFuture(toAll(audiences, gateways));
    }
    return redis
        .sendAll(requests(routes, gateways))
        .map(answers -> new Found(gateways, routes, answers).forEach(audiences))
        .otherwise(
            _ -> {
              failedAt = System.nanoTime();
              return toAll(audiences, gateways);
            });
  }

  private boolean isPausing() {
    return System.nanoTime() - failedAt < PAUSE_NANOS;
  }

  private static List<Collection<NodeId>> toAll(List<Audience> audiences, List<NodeId> gateways) {
    return audiences.stream().<Collection<NodeId>>map(_ -> gateways).toList();
  }

  /** Leases before and after: where one is the same, the routes between are those of the node. */
  private static List<Request> requests(List<Route> routes, List<NodeId> gateways) {
    var requests = new ArrayList<Request>(routes.size() + 2 * gateways.size());
    gateways.forEach(node -> requests.add(lease(node)));
    routes.forEach(route -> requests.add(Request.cmd(Command.SMEMBERS).arg(route.key())));
    gateways.forEach(node -> requests.add(lease(node)));
    return requests;
  }

  private static Request lease(NodeId node) {
    return Request.cmd(Command.GET).arg(NodeLease.key(node));
  }

  private static final class Found {
    private final List<NodeId> unsure = new ArrayList<>();
    private final Map<Route, Set<NodeId>> routes = new HashMap<>();
    private final List<NodeId> gateways;

    Found(List<NodeId> gateways, List<Route> asked, List<Response> answers) {
      this.gateways = gateways;
      int afterRoutes = gateways.size() + asked.size();
      for (int i = 0; i < gateways.size(); i++) {
        Response before = answers.get(i);
        Response after = answers.get(afterRoutes + i);
        if (!isWhole(before) || !Objects.equals(before.toString(), String.valueOf(after))) {
          unsure.add(gateways.get(i));
        }
      }
      for (int i = 0; i < asked.size(); i++) {
        routes.put(asked.get(i), nodes(answers.get(gateways.size() + i)));
      }
    }

    private static boolean isWhole(Response lease) {
      return lease != null && !lease.toString().equals(NodeLease.TAKING);
    }

    private Set<NodeId> nodes(Response members) {
      var nodes = new HashSet<NodeId>(4);
      for (Response member : members) {
        nodes.add(new NodeId(member.toString()));
      }
      nodes.retainAll(gateways);
      return nodes;
    }

    List<Collection<NodeId>> forEach(List<Audience> audiences) {
      return audiences.stream().<Collection<NodeId>>map(this::gateways).toList();
    }

    private Collection<NodeId> gateways(Audience audience) {
      return switch (audience) {
        case Audience.Everyone _ -> gateways;
        case Audience.Routes(List<Route> asked) -> {
          var nodes = new HashSet<>(unsure);
          asked.forEach(route -> nodes.addAll(routes.getOrDefault(route, Set.of())));
          yield nodes;
        }
      };
    }
  }
}
