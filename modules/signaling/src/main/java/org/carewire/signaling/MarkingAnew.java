package org.carewire.signaling;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.carewire.platform.Cluster;
import org.carewire.platform.NodeRole;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells presence again who is in calls, where Redis may have forgotten it. */
final class MarkingAnew {
  private static final Logger log = LoggerFactory.getLogger(MarkingAnew.class);

  private final SeatStore seats;
  private final TellingEffects effects;
  private final Cluster cluster;

  MarkingAnew(SeatStore seats, TellingEffects effects, Cluster cluster) {
    this.seats = seats;
    this.effects = effects;
    this.cluster = cluster;
  }

  /**
   * Those whose sessions this node holds, or one that does not do this itself; never fails, as the
   * node goes on without it.
   */
  Future<?> mark() {
    return seats
        .inCall(nodes())
        .compose(
            users ->
                Future.join(
                    users.stream()
                        .map(
                            user ->
                                effects.mark(
                                    user.tenant(),
                                    user.call(),
                                    new Effect.MarkInCall(user.user(), true)))
                        .toList()))
        .onFailure(
            failure ->
                log.atWarn()
                    .addKeyValue("cause", failure.getClass().getSimpleName())
                    .log("calls.notMarked"))
        .otherwiseEmpty();
  }

  private List<String> nodes() {
    var nodes = new ArrayList<String>();
    nodes.add(cluster.self().value());
    cluster.others().stream()
        .filter(peer -> !peer.roles().contains(NodeRole.SIGNALING))
        .forEach(peer -> nodes.add(peer.node().value()));
    return nodes;
  }
}
