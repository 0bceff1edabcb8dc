package org.carewire.signaling;

import io.vertx.core.Future;
import org.carewire.platform.NodeId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells presence again who is in calls, where Redis may have forgotten it. */
final class MarkingAnew {
  private static final Logger log = LoggerFactory.getLogger(MarkingAnew.class);

  private final SeatStore seats;
  private final TellingEffects effects;
  private final NodeId node;

  MarkingAnew(SeatStore seats, TellingEffects effects, NodeId node) {
    this.seats = seats;
    this.effects = effects;
    this.node = node;
  }

  /** Those whose sessions this node holds; never fails, as the node goes on without it. */
  Future<?> mark() {
    return seats
        .inCall(node.value())
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
}
