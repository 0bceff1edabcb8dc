package org.carewire.gateway;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.ServerEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The beginning and end of sessions, and what happens to them by the clock: one tick for all
 * instead of a timer for each.
 */
final class SessionLife {
  private static final Logger log = LoggerFactory.getLogger(SessionLife.class);
  private static final long TICK_MS = 500;
  private static final RawJson NOTHING = RawJson.of("{}");

  private final Platform platform;
  private final GatewayConfig.Sessions times;
  private final Sessions sessions;
  private final SharedLimits shared;
  private final Revocations revocations;
  private final RoomRequests rooms;
  private final PresenceRequests presence;
  private final CallRequests calls;
  private final DeviceStore devices;
  private final RequestRates.Allowed allowed;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final AtomicInteger open;
  private final Set<Future<?>> endings = new HashSet<>();
  private long timer;
  private boolean draining;

  SessionLife(
      Platform platform,
      GatewayConfig.Sessions times,
      Sessions sessions,
      SharedLimits shared,
      Revocations revocations,
      RoomRequests rooms,
      PresenceRequests presence,
      CallRequests calls,
      DeviceStore devices) {
    this.platform = platform;
    this.times = times;
    this.sessions = sessions;
    this.shared = shared;
    this.revocations = revocations;
    this.rooms = rooms;
    this.presence = presence;
    this.calls = calls;
    this.devices = devices;
    this.allowed = RequestRates.Allowed.by(platform.limits());
    this.clock = platform.clock();
    this.metrics = platform.metrics();
    this.open = shared.openConnections();
  }

  void start(Vertx vertx) {
    timer = vertx.setPeriodic(TICK_MS, _ -> tick(clock.instant()));
  }

  Session open(Connection connection, Dialect dialect, @Nullable String bearerToken) {
    Instant now = clock.instant();
    var rates = new RequestRates(allowed, Ticker.systemTicker());
    var session =
        new Session(connection, dialect, bearerToken, rates, platform.limits().queuedBytes(), now);
    session.pingAt(now.plus(times.pingInterval()));
    sessions.add(session);
    open.incrementAndGet();
    metrics.counter("carewire.sessions.opened", "transport", session.transport()).increment();
    return session;
  }

  /** Whether the server goes and takes no more sessions. */
  boolean isDraining() {
    return draining;
  }

  /** The session has sent something. */
  void seen(Session session) {
    session.seen(clock.instant());
  }

  /**
   * The connection is gone.
   *
   * @param closeCode as the transport saw it
   */
  void ended(Session session, int closeCode) {
    session.ended();
    sessions.remove(session);
    open.decrementAndGet();
    CloseCode ours = session.closedWith();
    String reason = ours == null ? "byPeer" : ours.name();
    metrics.counter("carewire.sessions.closed", "reason", reason).increment();
    Caller caller = session.caller();
    log.atDebug()
        .addKeyValue("session", session.id())
        .addKeyValue("code", closeCode)
        .log("session.ended");
    if (caller != null) {
      shared.closeSession(caller);
      Future<?> left = rooms.ended(session, caller);
      Future<?> ending =
          Future.join(left, presence.ended(session, caller), calls.ended(session, caller));
      endings.add(ending);
      ending.onComplete(_ -> endings.remove(ending));
    }
  }

  private void tick(Instant now) {
    String epoch = platform.epoch().current();
    for (Session session : sessions.all()) {
      if (session.caller() == null && isOver(session.openedAt(), times.helloTimeout(), now)) {
        session.close(CloseCode.NO_HELLO);
      } else if (isOver(session.lastSeenAt(), times.silenceTimeout(), now)) {
        session.drop();
      } else if (revocations.isRevoked(session)) {
        session.close(CloseCode.REVOKED);
      } else if (session.isExpired(now)) {
        session.send(new OutboundEvent(ServerEvent.SESSION_EXPIRED, NOTHING));
        session.close(CloseCode.NOT_AUTHENTICATED);
      } else if (session.isOutOfEpoch(epoch)) {
        sendAway(session);
      } else if (!now.isBefore(session.nextPingAt())) {
        session.ping();
        devices.keep(session);
        session.pingAt(now.plus(times.pingInterval()));
      }
    }
  }

  private static boolean isOver(Instant since, Duration time, Instant now) {
    return now.isAfter(since.plus(time));
  }

  private static void sendAway(Session session) {
    Draining.tell(session, "history");
    session.close(CloseCode.RESTARTING);
  }

  /** Sends every session away, to come back elsewhere or later; done when all are gone. */
  Future<?> drain(Vertx vertx, Duration time) {
    draining = true;
    return new Draining(vertx, sessions, clock)
        .drain(time)
        .onComplete(_ -> vertx.cancelTimer(timer))
        .compose(_ -> Future.join(List.copyOf(endings)));
  }
}
