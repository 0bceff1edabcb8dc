package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.ServerEvent;

/**
 * Sends the sessions of a gateway instance away, some at a time, so that the other nodes do not get
 * them all at once. Each is told, and closed when what it has asked is answered.
 */
final class Draining {
  private static final long STEP_MS = 100;

  /** How long a session that has been told may go on asking. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final long MIN_RECONNECT_MS = 100;
  private static final long MAX_RECONNECT_MS = 600;

  /** What sessions are told before they are sent away. */
  record Shutdown(long reconnectAfterMs, String reason) {}

  private final Vertx vertx;
  private final Sessions sessions;
  private final Clock clock;
  private final Queue<Session> staying = new ArrayDeque<>();
  private final Map<Session, Instant> told = new HashMap<>();

  Draining(Vertx vertx, Sessions sessions, Clock clock) {
    this.vertx = vertx;
    this.sessions = sessions;
    this.clock = clock;
  }

  /** Each is told another time to come back at. */
  static void tell(Session session, String reason) {
    long after = ThreadLocalRandom.current().nextLong(MIN_RECONNECT_MS, MAX_RECONNECT_MS);
    session.send(OutboundEvent.of(ServerEvent.SERVER_SHUTDOWN, new Shutdown(after, reason)));
  }

  /** Done when all are gone. */
  Future<Void> drain(Duration time) {
    staying.addAll(sessions.all());
    long steps = 1 + time.toMillis() / STEP_MS;
    return step(Math.toIntExact((staying.size() + steps - 1) / steps));
  }

  private Future<Void> step(int batch) {
    if (sessions.isEmpty()) {
      return Future.succeededFuture();
    }
    Instant now = clock.instant();
    told.forEach(
        (session, at) -> {
          if (!session.isAsking() || now.isAfter(at.plus(PATIENCE))) {
            session.close(CloseCode.RESTARTING);
          }
        });
    for (int i = 0; i < batch && !staying.isEmpty(); i++) {
      Session session = staying.remove();
      tell(session, "restart");
      told.put(session, now);
    }
    return vertx.timer(STEP_MS).compose(_ -> step(batch));
  }
}
