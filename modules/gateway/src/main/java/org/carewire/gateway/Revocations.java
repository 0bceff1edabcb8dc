package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.carewire.platform.Bus;
import org.carewire.platform.Epoch;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ChatEndpoints;
import org.carewire.protocol.ReadRevocations;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Revocation;
import org.carewire.protocol.RevocationList;
import org.carewire.protocol.Role;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which tokens were revoked, by whichever node or program: read whole at the start, then every
 * second what is new, and with it the epoch. Shared by all gateway instances of a node; safe for
 * all threads.
 *
 * <p>What is known holds whether or not more can be read.
 */
public final class Revocations {
  private static final Logger log = LoggerFactory.getLogger(Revocations.class);
  private static final long POLL_MS = 1_000;

  /** Longer than it takes to commit: a revocation has the time of its transaction's beginning. */
  private static final Duration OVERLAP = Duration.ofMinutes(1);

  private static final Caller GATEWAY =
      new Caller(TenantId.DEFAULT, new UserId("gateway"), Role.SERVICE, null, null);

  private record UserKey(TenantId tenant, UserId user) {}

  private final Vertx vertx;
  private final Bus bus;
  private final Epoch epoch;

  /** By whole seconds since 1970, as times in tokens are. */
  private final ConcurrentMap<UserKey, Long> revokedUntil = new ConcurrentHashMap<>();

  private Instant since = Instant.EPOCH;
  private Future<Void> reading = Future.succeededFuture();
  private boolean missing;
  private long timer;

  public Revocations(Vertx vertx, Bus bus, Epoch epoch) {
    this.vertx = vertx;
    this.bus = bus;
    this.epoch = epoch;
  }

  /** Reads all there are, and goes on with what is new; done, or failed, after the first read. */
  public synchronized Future<Void> start() {
    timer = vertx.setPeriodic(POLL_MS, _ -> poll());
    return poll();
  }

  public synchronized void close() {
    vertx.cancelTimer(timer);
  }

  private synchronized Future<Void> poll() {
    if (reading.isComplete()) {
      reading =
          bus.request(ChatEndpoints.READ_REVOCATIONS, GATEWAY, new ReadRevocations(since))
              .onSuccess(this::take)
              .onFailure(this::report)
              .mapEmpty();
    }
    return reading;
  }

  private synchronized void take(RevocationList read) {
    read.revocations().forEach(this::learn);
    since = read.asOf().minus(OVERLAP);
    if (missing) {
      missing = false;
      log.atInfo().log("revocations.readAgain");
    }
    if (epoch.set(read.epoch())) {
      log.atInfo().addKeyValue("epoch", read.epoch()).log("history.newEpoch");
    }
  }

  private synchronized void report(Throwable failure) {
    if (!missing) {
      missing = true;
      log.atWarn()
          .addKeyValue("code", failure instanceof Refusal refusal ? refusal.code() : "fault")
          .log("revocations.notRead");
    }
  }

  void learn(Revocation revocation) {
    revokedUntil.merge(
        new UserKey(revocation.tenant(), revocation.user()),
        revocation.revokedAt().getEpochSecond(),
        Math::max);
  }

  boolean isRevoked(Principal principal) {
    return isRevoked(principal.tenant(), principal.user(), principal.issuedAt());
  }

  /** Whether the session should be there no longer: that which had another token since may. */
  boolean isRevoked(Session session) {
    Caller caller = session.caller();
    return caller != null && isRevoked(caller.tenant(), caller.user(), session.tokenIssuedAt());
  }

  private boolean isRevoked(TenantId tenant, UserId user, Instant issuedAt) {
    Long until = revokedUntil.get(new UserKey(tenant, user));
    return until != null && issuedAt.getEpochSecond() <= until;
  }
}
