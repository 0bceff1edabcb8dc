package org.carewire.presence;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.carewire.platform.Cluster;
import org.carewire.platform.Faults;
import org.carewire.platform.NodeLease;
import org.carewire.platform.Outage;
import org.carewire.platform.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears the sessions of nodes that have died, which is when their lease has run out: one of the
 * others claims a node and settles its users, a page at a time. What it announces, nobody else
 * does, as it is the change of the user's hash that makes it news. A node that was only out of
 * reach puts its sessions anew.
 *
 * <p>One for a node; used on one event loop only.
 */
final class DeadNodes {
  private static final Logger log = LoggerFactory.getLogger(DeadNodes.class);
  private static final long EVERY_MS = 500;

  private final Vertx vertx;
  private final Cluster cluster;
  private final NodeLease lease;
  private final PresenceStore store;
  private final NodeUsers nodeUsers;
  private final Announcing announcing;
  private final WholePicture picture;
  private final Counter cleared;

  /** When there will be something to do again about a dead node, by the clock of Redis. */
  private final Map<String, Long> nextDue = new HashMap<>();

  DeadNodes(Platform platform, PresenceStore store, NodeUsers nodeUsers, Announcing announcing) {
    this.vertx = platform.vertx();
    this.cluster = platform.cluster();
    this.lease = platform.lease();
    this.store = store;
    this.nodeUsers = nodeUsers;
    this.announcing = announcing;
    this.picture = new WholePicture(cluster.self().value(), lease, store);
    this.cleared = platform.metrics().counter("carewire.presence.cleared");
  }

  /** Looks from now on; done when the picture is whole, or Redis is away. Never fails. */
  Future<?> watch() {
    return look()
        .onFailure(DeadNodes::failed)
        .otherwise(true)
        .compose(
            whole -> {
              Future<?> next = vertx.timer(EVERY_MS).compose(_ -> watch());
              return whole ? Future.succeededFuture() : next.mapEmpty();
            });
  }

  /** That Redis is away is said by the lease. */
  private static void failed(Throwable failure) {
    if (!Outage.is(failure)) {
      log.atError().setCause(Faults.withoutTexts(failure)).log("presence.notLooked");
    }
  }

  private Future<Boolean> look() {
    Set<String> live = live();
    return store
        .now()
        .compose(
            now ->
                nodeUsers
                    .note(live)
                    // After the clock was read: who had no lease then has put nothing since.
                    .compose(all -> lookAt(all, live, now)));
  }

  /** While Redis is being filled anew, those have no lease who have not noticed yet. */
  private Future<Boolean> lookAt(Set<String> all, Set<String> live, long now) {
    return picture
        .look(all, now)
        .compose(
            whole ->
                whole
                    ? lease
                        .alive(all)
                        .compose(alive -> clearAll(dead(all, alive, live), now))
                        .map(true)
                    : Future.succeededFuture(false));
  }

  private Set<String> live() {
    Set<String> live =
        cluster.others().stream().map(peer -> peer.node().value()).collect(Collectors.toSet());
    live.add(cluster.self().value());
    return live;
  }

  /** Where Redis was away, the leases of all have run out. */
  private static Set<String> dead(Set<String> all, Set<String> alive, Set<String> live) {
    var dead = new HashSet<>(all);
    dead.removeAll(alive);
    dead.removeAll(live);
    return dead;
  }

  private Future<Void> clearAll(Set<String> dead, long now) {
    nextDue.keySet().retainAll(dead);
    Future<Void> done = Future.succeededFuture();
    for (String node : dead) {
      if (nextDue.getOrDefault(node, 0L) <= now) {
        done = done.compose(_ -> clear(node, now));
      }
    }
    return done;
  }

  private Future<Void> clear(String node, long now) {
    return nodeUsers
        .claim(node, cluster.self().value())
        .compose(
            mine ->
                mine
                    ? nodeUsers.died(node).compose(_ -> clear(node, now, "0", new Cleared()))
                    : Future.succeededFuture());
  }

  /** What has come of going through the users of a node. */
  private static final class Cleared {
    private int gone;
    private int users;
    private long dueMs = Long.MAX_VALUE;
  }

  private Future<Void> clear(String node, long now, String cursor, Cleared tally) {
    return nodeUsers
        .claim(node, cluster.self().value())
        .compose(_ -> nodeUsers.left(node, cursor))
        .compose(
            page ->
                settle(node, page.users(), now, tally)
                    .compose(
                        _ ->
                            page.isLast()
                                ? finish(node, now, tally)
                                : clear(node, now, page.next(), tally)));
  }

  private Future<Void> settle(String node, List<User> users, long now, Cleared tally) {
    List<Future<Change>> settled = users.stream().map(user -> settle(user, node, now)).toList();
    return Future.all(settled)
        .compose(
            _ -> {
              var gone = new ArrayList<User>();
              for (int i = 0; i < users.size(); i++) {
                Change change = settled.get(i).result();
                if (change.sessionsLeft() == 0) {
                  gone.add(users.get(i));
                } else {
                  tally.dueMs = Math.min(tally.dueMs, change.nextDueMs());
                }
              }
              tally.gone += gone.size();
              tally.users += users.size() - gone.size();
              cleared.increment(gone.size());
              return nodeUsers.settled(node, gone);
            });
  }

  /** Told be it news or not: it may have been news to one who could not tell it any more. */
  private Future<Change> settle(User user, String node, long now) {
    return store
        .settleDead(user, node, now)
        .onSuccess(change -> announcing.announce(change.state()));
  }

  private Future<Void> finish(String node, long now, Cleared tally) {
    if (tally.users > 0) {
      nextDue.put(node, now + tally.dueMs);
      return Future.succeededFuture();
    }
    nextDue.remove(node);
    if (tally.gone > 0) {
      log.atInfo()
          .addKeyValue("node", node)
          .addKeyValue("users", tally.gone)
          .log("presence.nodeCleared");
    }
    return nodeUsers.cleared(node);
  }
}
