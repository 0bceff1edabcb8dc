package org.carewire.platform;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Says in Redis what this node has sessions of, so that others send it what these are to get: for
 * each user and each joined room a set of nodes. Only this node writes its own entry. Safe for all
 * threads.
 */
public final class Routes {
  /** What a dead node leaves is ignored, and gone with the user for so long. */
  private static final String LIFETIME_SECONDS = Long.toString(Duration.ofDays(2).toSeconds());

  private static final long WRITTEN_ANEW_MS = Duration.ofHours(12).toMillis();
  private static final int BATCH = 1_000;

  private static final class Entry {
    private int sessions;

    /** The last write, after which comes the next. */
    private Future<Void> written = Future.succeededFuture();
  }

  private final Vertx vertx;
  private final Cluster cluster;
  private final RedisAccess redis;
  private final NodeLease lease;
  private final Map<Route, Entry> entries = new HashMap<>();

  public Routes(Vertx vertx, Cluster cluster, RedisAccess redis, NodeLease lease) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.redis = redis;
    this.lease = lease;
    if (cluster.isClustered()) {
      lease.beforeTaking(this::writeAll);
      vertx.setPeriodic(WRITTEN_ANEW_MS, _ -> writeAll());
    }
  }

  /**
   * The node has one more session that goes by the route.
   *
   * @return done, on the caller's context, when deliveries are sent here: once that is written, or
   *     no longer needed, as others have noticed that this node cannot write and send it
   *     everything; never fails
   */
  public Future<Void> arrived(Route route) {
    if (!cluster.isClustered()) {
      return Future.succeededFuture();
    }
    Context caller = vertx.getOrCreateContext();
    Promise<Void> arrived = Promise.promise();
    write(route).onComplete(_ -> caller.runOnContext(_ -> arrived.complete()));
    return arrived.future();
  }

  private synchronized Future<Void> write(Route route) {
    Entry entry = entries.computeIfAbsent(route, _ -> new Entry());
    entry.sessions++;
    if (entry.sessions == 1) {
      entry.written = entry.written.transform(_ -> send(add(route))).recover(_ -> lease.orLapse());
    }
    return entry.written;
  }

  /** The node has one session fewer that goes by the route. */
  public void left(Route route) {
    if (!cluster.isClustered()) {
      return;
    }
    synchronized (this) {
      Entry entry = entries.get(route);
      if (entry == null) {
        return;
      }
      entry.sessions--;
      if (entry.sessions == 0) {
        entry.written =
            entry
                .written
                .transform(_ -> send(remove(route)))
                // It may yet be carried out, after the route was written again.
                .onFailure(_ -> lease.takeAnew())
                .transform(_ -> forget(route, entry));
      }
    }
  }

  private synchronized Future<Void> forget(Route route, Entry entry) {
    if (entry.sessions == 0) {
      entries.remove(route, entry);
    }
    return Future.succeededFuture();
  }

  private Future<Void> send(List<Request> requests) {
    return redis.sendAll(requests).mapEmpty();
  }

  private List<Request> add(Route route) {
    return List.of(
        Request.cmd(Command.SADD).arg(route.key()).arg(cluster.self().value()),
        Request.cmd(Command.EXPIRE).arg(route.key()).arg(LIFETIME_SECONDS));
  }

  private List<Request> remove(Route route) {
    return List.of(Request.cmd(Command.SREM).arg(route.key()).arg(cluster.self().value()));
  }

  /** Writes whatever there is, as Redis may have lost it. */
  private Future<Void> writeAll() {
    List<Route> present;
    synchronized (this) {
      present =
          entries.entrySet().stream()
              .filter(entry -> entry.getValue().sessions > 0)
              .map(Map.Entry::getKey)
              .toList();
    }
    Future<Void> written = Future.succeededFuture();
    for (int from = 0; from < present.size(); from += BATCH) {
      var requests = new ArrayList<Request>();
      for (Route route : present.subList(from, Math.min(from + BATCH, present.size()))) {
        requests.addAll(add(route));
      }
      written = written.compose(_ -> send(requests));
    }
    return written;
  }
}
