package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

  private static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

  private final Vertx vertx;
  private final Cluster cluster;
  private final RedisAccess redis;
  private final Clock clock;
  private final Doubts doubts;

  /** When each was heard of, at the last look. */
  private Map<String, String> before = Map.of();

  private Set<String> suspected = Set.of();
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
                Request.cmd(Command.ZRANGE).arg(NODES).arg("0").arg("-1").arg("WITHSCORES")))
        .onSuccess(answers -> compare(answers.get(2), now));
  }

  /** Whoever has said something since the last look lives, whatever its clock says. */
  private void compare(Response scores, Instant now) {
    Map<String, String> heard = new HashMap<>();
    // Pairs, as the client speaks the third version of the protocol.
    scores.forEach(pair -> heard.put(pair.get(0).toString(), pair.get(1).toString()));
    Set<String> others = new HashSet<>();
    heard.forEach(
        (node, time) -> {
          if (before.containsKey(node) && !time.equals(before.get(node))) {
            others.add(node);
          }
        });
    before = heard;
    others.remove(cluster.self().value());
    cluster.others().forEach(peer -> others.remove(peer.node().value()));
    // Twice: one that was killed, or has just started, may be seen here sooner or later than there.
    Set<String> still = new HashSet<>(others);
    still.retainAll(suspected);
    suspected = others;
    if (!still.isEmpty()) {
      doubts.raise(Reason.SPLIT, now.minusMillis(2 * EVERY_MS));
    }
    if (!still.equals(apart)) {
      log.atWarn()
          .addKeyValue("nodes", still)
          .log(still.isEmpty() ? "cluster.whole" : "cluster.split");
      apart = still;
    }
  }

  private static String millis(Instant time) {
    return Long.toString(time.toEpochMilli());
  }
}
