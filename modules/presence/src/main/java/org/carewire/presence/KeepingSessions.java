package org.carewire.presence;

import io.vertx.core.Future;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.EndSession;
import org.carewire.protocol.MarkCall;
import org.carewire.protocol.PutSession;
import org.carewire.protocol.SessionPut;

/** Sessions that come, are left alone by their users, are in calls, and end. */
final class KeepingSessions {
  private final PresenceStore store;
  private final Leaving leaving;
  private final Announcing announcing;

  KeepingSessions(PresenceStore store, Leaving leaving, Announcing announcing) {
    this.store = store;
    this.leaving = leaving;
    this.announcing = announcing;
  }

  Future<SessionPut> put(Caller caller, PutSession session) {
    leaving.put(User.of(caller), session.node());
    return store
        .put(caller, session)
        .onSuccess(announcing::changed)
        .map(change -> new SessionPut(change.set()));
  }

  Future<Done> end(Caller caller, EndSession session) {
    return leaving.ended(caller, session.node()).map(_ -> Done.DONE);
  }

  Future<Done> mark(Caller caller, MarkCall call) {
    return store.mark(caller, call).onSuccess(announcing::changed).map(_ -> Done.DONE);
  }
}
