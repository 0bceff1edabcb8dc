package org.carewire.presence;

import io.vertx.core.Future;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.SetStatus;

/** {@code presence:setStatus}. */
final class SettingStatus {
  private final PresenceStore store;
  private final Leaving leaving;
  private final Announcing announcing;
  private final Deliveries deliveries;
  private final String node;

  SettingStatus(
      PresenceStore store,
      Leaving leaving,
      Announcing announcing,
      Deliveries deliveries,
      String node) {
    this.store = store;
    this.leaving = leaving;
    this.announcing = announcing;
    this.deliveries = deliveries;
    this.node = node;
  }

  Future<Done> set(Caller caller, SetStatus status) {
    return store
        .set(caller, status)
        .onFailure(_ -> leaving.doubt(User.of(caller), node))
        .map(
            change -> {
              announcing.changed(change);
              if (change.set() != null) {
                deliveries.send(
                    new Delivery.StatusWasSet(caller.tenant(), caller.user(), change.set()));
              }
              return Done.DONE;
            });
  }
}
