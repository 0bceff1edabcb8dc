package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.carewire.platform.Bus;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.PresenceEndpoints;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PresenceStates;
import org.carewire.protocol.RefreshPresences;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Role;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what has become of the users that are watched at a gateway instance, where changes may
 * have been missed; then whether they may still be watched.
 */
final class Refreshing {
  private static final long EVERY_MS = 1_000;
  private static final int USERS_AT_ONCE = 500;

  /** Rights are in PostgreSQL, and doubts may go on for long. */
  private static final Duration RIGHTS_EVERY = Duration.ofSeconds(10);

  /** What PostgreSQL was sent before a doubt is stored by then, or never. */
  private static final Duration SETTLED = Duration.ofSeconds(15);

  private static final Caller GATEWAY =
      new Caller(TenantId.DEFAULT, new UserId("gateway"), Role.SERVICE, null, null);

  /** A user, and what was known when Redis was asked. */
  private record Asked(Watched watched, @Nullable PresenceState before) {}

  private final Vertx vertx;
  private final Bus bus;
  private final Clock clock;
  private final Watching watching;
  private final WatchRights rights;
  private boolean doubted;
  private boolean running;
  private boolean areRightsDoubted;
  private Instant rightsAskedAt = Instant.MIN;

  /** When rights are looked at for the last time after a doubt; absent where that is done. */
  private @Nullable Instant settledAt;

  Refreshing(Platform platform, Watching watching, WatchRights rights) {
    this.vertx = platform.vertx();
    this.bus = platform.bus();
    this.clock = platform.clock();
    this.watching = watching;
    this.rights = rights;
  }

  /** Something may have been missed. */
  void doubt() {
    doubted = true;
    settledAt = clock.instant().plus(SETTLED);
    if (!running) {
      running = true;
      refresh();
    }
  }

  private void refresh() {
    doubted = false;
    Future<Void> refreshed = Future.succeededFuture();
    for (List<Watched> portion : portions()) {
      refreshed = refreshed.compose(_ -> refresh(portion));
    }
    refreshed
        .onSuccess(
            _ -> {
              areRightsDoubted = true;
              lookAtRights();
            })
        .onFailure(failure -> doubted |= isUnavailable(failure))
        .onComplete(_ -> goOnLater());
  }

  private void goOnLater() {
    vertx.setTimer(EVERY_MS, _ -> goOn());
  }

  private void goOn() {
    lookAtRights();
    if (doubted) {
      refresh();
    } else if (areRightsDoubted || settledAt != null) {
      goOnLater();
    } else {
      running = false;
    }
  }

  private void lookAtRights() {
    Instant now = clock.instant();
    if (settledAt != null && !now.isBefore(settledAt)) {
      settledAt = null;
      areRightsDoubted = true;
    }
    if (areRightsDoubted
        && !rights.isAskingAll()
        && !now.isBefore(rightsAskedAt.plus(RIGHTS_EVERY))) {
      areRightsDoubted = false;
      rightsAskedAt = now;
      rights.askAll();
    }
  }

  private static boolean isUnavailable(Throwable failure) {
    return failure instanceof Refusal refusal && refusal.code() == ErrorCode.UNAVAILABLE;
  }

  private List<List<Watched>> portions() {
    Map<TenantId, List<Watched>> byTenant = new LinkedHashMap<>();
    for (Watched watched : watching.all()) {
      byTenant.computeIfAbsent(watched.user().tenant(), _ -> new ArrayList<>()).add(watched);
    }
    var portions = new ArrayList<List<Watched>>();
    for (List<Watched> ofTenant : byTenant.values()) {
      for (int from = 0; from < ofTenant.size(); from += USERS_AT_ONCE) {
        portions.add(ofTenant.subList(from, Math.min(from + USERS_AT_ONCE, ofTenant.size())));
      }
    }
    return portions;
  }

  private Future<Void> refresh(List<Watched> portion) {
    List<Asked> asked =
        portion.stream().map(watched -> new Asked(watched, watched.newest())).toList();
    var users = portion.stream().map(watched -> watched.user().user()).toList();
    TenantId tenant = portion.getFirst().user().tenant();
    return bus.request(
            PresenceEndpoints.REFRESH_PRESENCES, GATEWAY, new RefreshPresences(tenant, users))
        .map(
            answer -> {
              take(asked, answer);
              return null;
            });
  }

  /** The answer is in the order of asking. */
  private void take(List<Asked> asked, PresenceStates answer) {
    for (int i = 0; i < asked.size(); i++) {
      watching.refreshed(asked.get(i).watched(), answer.states().get(i), asked.get(i).before());
    }
  }
}
