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
  private final Announcing announcing;
  private final Deliveries deliveries;

  SettingStatus(PresenceStore store, Announcing announcing, Deliveries deliveries) {
    this.store = store;
    this.announcing = announcing;
    this.deliveries = deliveries;
  }

  Future<Done> set(Caller caller, SetStatus status) {
    return store
        .set(caller, status)
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
