package org.carewire.presence;

import io.vertx.core.Future;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.Refusal;
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
        .onFailure(_ -> announcing.doubt(User.of(caller)))
        .map(
            change -> {
              announcing.changed(change);
              if (change.set() == null) {
                // Redis does not know of the session, which is put anew by then.
                throw Refusal.unavailable("Who is there is not known yet, try again");
              }
              deliveries.send(
                  new Delivery.StatusWasSet(caller.tenant(), caller.user(), change.set()));
              return Done.DONE;
            });
  }
}
