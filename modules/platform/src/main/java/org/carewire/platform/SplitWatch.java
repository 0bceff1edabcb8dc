package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carewire.platform.Doubts.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices nodes that live, as Redis knows, and are not in this one's cluster: the network between
 * nodes is torn. What they store is then found in the logs, until they are back.
 */
public final class SplitWatch {
  private static final Logger log = LoggerFactory.getLogger(SplitWatch.class);

  /** A sorted set of nodes, by the time, in milliseconds, when they said that they live. */
  private static final String NODES = "carewire:nodes";

  private static final long EVERY_MS = 1_000;

  /** Longer than a killed node is in the cluster. */
  private static final Duration LIVES_FOR = Duration.ofSeconds(4);

  private static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

  private final Vertx vertx;
  private final Cluster cluster;
  private final RedisAccess redis;
  private final Clock clock;
  private final Doubts doubts;
  private Set<String> apart = Set.of();
  private long timer;

  public SplitWatch(Vertx vertx, Cluster cluster, RedisAccess redis, Clock clock, Doubts doubts) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.redis = redis;
    this.clock = clock;
    this.doubts = doubts;
  }

  /** Begins, where there may be other nodes. */
  public void start() {
    if (cluster.isClustered()) {
      timer = vertx.setPeriodic(EVERY_MS, _ -> look());
    }
  }

  public Future<?> close() {
    vertx.cancelTimer(timer);
    return cluster.isClustered()
        ? redis.send(Command.ZREM, NODES, cluster.self().value()).otherwiseEmpty()
        : Future.succeededFuture();
  }

  private void look() {
    Instant now = clock.instant();
    redis
        .sendAll(
            List.of(
                Request.cmd(Command.ZADD).arg(NODES).arg(millis(now)).arg(cluster.self().value()),
                Request.cmd(Command.ZREMRANGEBYSCORE)
                    .arg(NODES)
                    .arg("-inf")
                    .arg(millis(now.minus(FORGOTTEN_AFTER))),
                Request.cmd(Command.ZRANGE)
                    .arg(NODES)
                    .arg(millis(now.minus(LIVES_FOR)))
                    .arg("+inf")
                    .arg("BYSCORE")))
        .onSuccess(answers -> compare(answers.get(2), now));
  }

  private void compare(Response alive, Instant now) {
    Set<String> others = new HashSet<>();
    alive.forEach(node -> others.add(node.toString()));
    others.remove(cluster.self().value());
    cluster.others().forEach(peer -> others.remove(peer.node().value()));
    if (!others.isEmpty()) {
      doubts.raise(Reason.SPLIT, now.minus(LIVES_FOR));
    }
    if (!others.equals(apart)) {
      log.atWarn()
          .addKeyValue("nodes", others)
          .log(others.isEmpty() ? "cluster.whole" : "cluster.split");
      apart = others;
    }
  }

  private static String millis(Instant time) {
    return Long.toString(time.toEpochMilli());
  }
}
