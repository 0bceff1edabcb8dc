package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.Map;
import org.carewire.platform.Bus;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.EndSession;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.PresenceEndpoints;
import org.carewire.protocol.PutSession;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.SessionPut;
import org.jspecify.annotations.Nullable;

/**
 * Tells presence which sessions of a gateway instance are there and which have ended; what could
 * not be told is told later, so that nobody is missing and nobody stays behind.
 */
final class Attendance {
  private static final long RETRY_MS = 1_000;

  /** So that neither presence nor Redis have more to do than they take when all come at once. */
  private static final int TOLD_AT_ONCE = 50;

  /** A session that presence does not know about; absent where it has ended. */
  private record Untold(Caller caller, @Nullable Session session) {}

  private final Vertx vertx;
  private final Bus bus;
  private final String node;

  /** By caller, which has the session's id: of what is to be told of a session the last counts. */
  private final Map<Caller, Untold> untold = new LinkedHashMap<>();

  private final Leaving leaving;
  private int telling;
  private boolean pausing;

  Attendance(Platform platform) {
    this.vertx = platform.vertx();
    this.bus = platform.bus();
    this.node = platform.node().value();
    this.leaving = new Leaving(vertx, bus, node);
  }

  /** The session has come; told in its turn. */
  void come(Session session, Caller caller) {
    session.presence().put();
    untold.put(caller, new Untold(caller, session));
    tellOn();
  }

  /** The session is there, or something of it has changed. */
  Future<SessionPut> put(Session session, Caller caller) {
    SessionPresence presence = session.presence();
    presence.put();
    return bus.request(
            PresenceEndpoints.PUT_SESSION,
            caller,
            new PutSession(node, presence.isIdle(), presence.set()))
        .onSuccess(
            answer -> {
              presence.known();
              presence.remember(answer.set());
            })
        .onFailure(
            failure -> {
              if (session.isOpen()) {
                tellLater(new Untold(caller, session), failure);
              }
            });
  }

  /** What presence has of the session is to be looked at, soon. */
  void putLater(Session session, Caller caller) {
    if (session.isOpen() && session.presence().isPut()) {
      untold.put(caller, new Untold(caller, session));
      pause();
    }
  }

  /** The session is there no longer. */
  Future<?> ended(Session session, Caller caller) {
    return session.presence().isPut() ? end(caller) : Future.succeededFuture();
  }

  private Future<?> end(Caller caller) {
    untold.remove(caller);
    return bus.request(PresenceEndpoints.END_SESSION, caller, new EndSession(node))
        .onSuccess(settled -> leaving.settleIn(settled.nextDueMs(), caller))
        .onFailure(failure -> tellLater(new Untold(caller, null), failure));
  }

  private void tellLater(Untold session, Throwable failure) {
    boolean isUnavailable =
        failure instanceof Refusal refusal && refusal.code() == ErrorCode.UNAVAILABLE;
    if (isUnavailable) {
      untold.put(session.caller(), session);
      pause();
    }
  }

  private void pause() {
    if (!pausing) {
      pausing = true;
      vertx.setTimer(
          RETRY_MS,
          _ -> {
            pausing = false;
            tellOn();
          });
    }
  }

  private void tellOn() {
    while (!pausing && telling < TOLD_AT_ONCE && !untold.isEmpty()) {
      Untold next = untold.values().iterator().next();
      untold.remove(next.caller());
      Session session = next.session();
      if (session == null || session.isOpen()) {
        telling++;
        Future<?> told = session == null ? end(next.caller()) : put(session, next.caller());
        told.onComplete(
            _ -> {
              telling--;
              tellOn();
            });
      }
    }
  }
}
