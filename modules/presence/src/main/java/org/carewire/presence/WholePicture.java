package org.carewire.presence;

import io.vertx.core.Future;
import java.util.Set;
import org.carewire.platform.NodeLease;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when Redis, after it was emptied, has all sessions again: once all nodes hold their leases,
 * before which they put their sessions. Until then nobody is told who is there. Used on one event
 * loop only.
 */
final class WholePicture {
  private static final Logger log = LoggerFactory.getLogger(WholePicture.class);

  /** By then every node has noticed that its lease is gone, and has said that it is there. */
  private static final long SHORTEST_MS = 2_000;

  /** Nodes that do not reach Redis are not waited for longer. */
  private static final long LONGEST_MS = 4_000;

  private final String self;
  private final NodeLease lease;
  private final PresenceStore store;

  /** By the clock of Redis; 0 while it is whole. */
  private long notWholeSince;

  /** Whether it has never been looked at. */
  private boolean first = true;

  WholePicture(String self, NodeLease lease, PresenceStore store) {
    this.self = self;
    this.lease = lease;
    this.store = store;
  }

  /**
   * Looks whether the picture is whole.
   *
   * @param nodes that have said that they are there
   * @param now by the clock of Redis
   */
  Future<Boolean> look(Set<String> nodes, long now) {
    // Where a node starts and nobody was there before, there is nothing to wait for.
    boolean begins = first && nodes.equals(Set.of(self));
    return store
        .isWhole()
        .compose(
            whole -> {
              first = false;
              if (whole) {
                notWholeSince = 0;
                return Future.succeededFuture(true);
              }
              notWholeSince = notWholeSince == 0 ? now : notWholeSince;
              long age = now - notWholeSince;
              if (age < SHORTEST_MS && !begins) {
                return Future.succeededFuture(false);
              }
              return lease
                  .areWhole(nodes)
                  .compose(
                      all ->
                          all || age > LONGEST_MS ? becomeWhole() : Future.succeededFuture(false));
            });
  }

  private Future<Boolean> becomeWhole() {
    return store
        .becomesWhole()
        .map(
            news -> {
              if (news) {
                log.atInfo().log("presence.whole");
              }
              return true;
            });
  }
}
