package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A key in Redis that lives as long as its node: what a node without one left behind is stale. */
public final class NodeLease {
  private static final Logger log = LoggerFactory.getLogger(NodeLease.class);
  private static final long LEASE_MS = 15_000;
  private static final long RENEW_MS = 5_000;

  private final Vertx vertx;
  private final RedisAccess redis;
  private final NodeId node;
  private long timer;

  public NodeLease(Vertx vertx, RedisAccess redis, NodeId node) {
    this.vertx = vertx;
    this.redis = redis;
    this.node = node;
  }

  /** Takes the lease and keeps it; without Redis it is taken as soon as Redis is there. */
  public Future<?> hold() {
    timer = vertx.setPeriodic(RENEW_MS, _ -> renew());
    return renew();
  }

  private Future<?> renew() {
    return redis
        .send(Command.SET, key(node.value()), "1", "PX", Long.toString(LEASE_MS))
        .otherwise(
            failure -> {
              log.atWarn()
                  .addKeyValue("cause", failure.getClass().getSimpleName())
                  .log("lease.notRenewed");
              return null;
            });
  }

  public Future<?> release() {
    vertx.cancelTimer(timer);
    return redis.send(Command.DEL, key(node.value())).otherwise(_ -> null);
  }

  /** Those of the given nodes that are alive; this one always is. */
  public Future<Set<String>> alive(Set<String> nodes) {
    List<String> others = nodes.stream().filter(id -> !id.equals(node.value())).toList();
    List<Future<Boolean>> checks =
        others.stream()
            .map(id -> redis.send(Command.EXISTS, key(id)).map(found -> found.toInteger() == 1))
            .toList();
    return Future.all(checks)
        .map(
            _ ->
                nodes.stream()
                    .filter(
                        id -> id.equals(node.value()) || checks.get(others.indexOf(id)).result())
                    .collect(Collectors.toSet()));
  }

  private static String key(String node) {
    return "carewire:node:" + node;
  }
}
