package org.carewire.gateway;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.carewire.protocol.Caller;

/** Tells again what Redis may have forgotten of the sessions of a gateway instance. */
final class TellingAgain {
  /** Sessions; so that neither the services nor Redis have more to do than they take. */
  private static final int TOLD_AT_ONCE = 100;

  private final Sessions sessions;
  private final RoomRequests rooms;
  private final PresenceRequests presence;

  TellingAgain(Sessions sessions, RoomRequests rooms, PresenceRequests presence) {
    this.sessions = sessions;
    this.rooms = rooms;
    this.presence = presence;
  }

  /** Fails where that cannot be done now. */
  Future<Void> tell() {
    Future<Void> told = Future.succeededFuture();
    List<Session> all = sessions.all();
    for (int from = 0; from < all.size(); from += TOLD_AT_ONCE) {
      var some = all.subList(from, Math.min(from + TOLD_AT_ONCE, all.size()));
      told = told.compose(_ -> tell(some));
    }
    return told;
  }

  private Future<Void> tell(List<Session> some) {
    var told = new ArrayList<Future<?>>();
    for (Session session : some) {
      Caller caller = session.caller();
      if (caller != null && session.isOpen()) {
        told.addAll(rooms.tellAgain(session, caller));
        told.add(presence.tellAgain(session, caller));
      }
    }
    return Future.all(told).mapEmpty();
  }
}
