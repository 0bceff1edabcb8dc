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

  /** Nodes that do not reach Redis are not waited for longer. */
  private static final long LONGEST_MS = 4_000;

  private final NodeLease lease;
  private final PresenceStore store;

  /** By the clock of Redis; 0 while it is whole. */
  private long notWholeSince;

  WholePicture(NodeLease lease, PresenceStore store) {
    this.lease = lease;
    this.store = store;
  }

  Future<Void> look(Set<String> nodes, long now) {
    return store
        .isWhole()
        .compose(
            whole -> {
              if (whole) {
                notWholeSince = 0;
                return Future.succeededFuture();
              }
              notWholeSince = notWholeSince == 0 ? now : notWholeSince;
              return lease
                  .areWhole(nodes)
                  .compose(
                      all ->
                          all || now - notWholeSince > LONGEST_MS
                              ? becomeWhole()
                              : Future.succeededFuture());
            });
  }

  private Future<Void> becomeWhole() {
    return store
        .becomesWhole()
        .onSuccess(
            news -> {
              if (news) {
                log.atInfo().log("presence.whole");
              }
            })
        .mapEmpty();
  }
}
