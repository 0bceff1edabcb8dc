package org.carewire.presence;

import io.vertx.core.Future;
import java.util.HashSet;
import java.util.Set;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.EndSession;
import org.carewire.protocol.MarkCall;
import org.carewire.protocol.PutSession;
import org.carewire.protocol.SessionPut;
import org.carewire.protocol.SettleUser;
import org.carewire.protocol.UserSettled;

/**
 * Sessions that come, are left alone by their users, are in calls, and end. What fails is said
 * again by those who said it. Used on one event loop only.
 */
final class KeepingSessions {
  /** A user who may have no session on a node any more. */
  private record Place(User user, String node) {}

  private final PresenceStore store;
  private final NodeUsers nodeUsers;
  private final Announcing announcing;

  /** Where a session that comes now comes before the answer of Redis that there is none. */
  private final Set<Place> settling = new HashSet<>();

  KeepingSessions(PresenceStore store, NodeUsers nodeUsers, Announcing announcing) {
    this.store = store;
    this.nodeUsers = nodeUsers;
    this.announcing = announcing;
  }

  Future<SessionPut> put(Caller caller, PutSession session) {
    settling.remove(new Place(User.of(caller), session.node()));
    return announced(caller, store.put(caller, session))
        .map(change -> new SessionPut(change.set()));
  }

  Future<UserSettled> end(Caller caller, EndSession session) {
    return announced(caller, store.end(caller, session.node()))
        .map(change -> new UserSettled(change.nextDueMs()));
  }

  /** Sessions that ended long enough ago are over. */
  Future<UserSettled> settle(Caller caller, SettleUser command) {
    var place = new Place(User.of(caller), command.node());
    settling.add(place);
    return announced(caller, store.settle(place.user(), place.node()))
        .map(
            change -> {
              boolean nobodyCame = settling.remove(place);
              if (change.sessionsLeft() == 0 && nobodyCame) {
                nodeUsers.gone(place.node(), place.user());
              }
              return new UserSettled(change.nextDueMs());
            });
  }

  Future<Done> mark(Caller caller, MarkCall call) {
    return announced(caller, store.mark(caller, call)).map(_ -> Done.DONE);
  }

  private Future<Change> announced(Caller caller, Future<Change> change) {
    return change.onSuccess(announcing::changed).onFailure(_ -> announcing.doubt(User.of(caller)));
  }
}
