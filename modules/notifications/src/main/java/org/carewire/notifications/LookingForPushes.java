package org.carewire.notifications;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carewire.platform.Bus;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.FindConnected;
import org.carewire.protocol.GatewayEndpoints;
import org.carewire.protocol.Role;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.UsersConnected;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which notifications are to be pushed: those of users without a session, or of whom no
 * device has acknowledged what it should have. On every node, each time some of what is due. Used
 * on one event loop only.
 */
final class LookingForPushes {
  private static final Logger log = LoggerFactory.getLogger(LookingForPushes.class);
  private static final UserId NOBODY = new UserId("notifications");
  private static final int AT_ONCE = 500;

  /** Longer than gateways are waited for; then it is another node's turn. */
  private static final Duration CLAIMED = Duration.ofSeconds(3);

  private final Vertx vertx;
  private final Clock clock;
  private final Bus bus;
  private final MeterRegistry metrics;
  private final PushLookStore store;
  private final NotificationsConfig config;
  private final @Nullable String webhook;
  private final Runnable found;
  private boolean looking;
  private final Trouble trouble = new Trouble(log, "push.looking");

  /**
   * Not looking yet.
   *
   * @param found is told that there is something to push
   */
  LookingForPushes(
      Vertx vertx,
      Platform platform,
      PushLookStore store,
      NotificationsConfig config,
      Runnable found) {
    this.vertx = vertx;
    this.clock = platform.clock();
    this.bus = platform.bus();
    this.metrics = platform.metrics();
    this.store = store;
    this.config = config;
    NotificationsConfig.Webhook configured = config.webhook();
    this.webhook = configured == null ? null : PushServices.origin(configured.url());
    this.found = found;
  }

  /** The timer is the verticle's and ends with it. */
  void start(long everyMs) {
    vertx.setPeriodic(everyMs, _ -> look());
  }

  private void look() {
    if (looking) {
      return;
    }
    looking = true;
    lookAtAll()
        .onComplete(
            done -> {
              looking = false;
              trouble.note(done.cause());
            });
  }

  /** Where there were as many as are looked at at once there may be more. */
  private Future<?> lookAtAll() {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Instant until = now.plus(CLAIMED);
    return store
        .claim(now, until, AT_ONCE)
        .compose(
            looks ->
                looks.isEmpty()
                    ? Future.succeededFuture()
                    : connected(looks)
                        .compose(connected -> settle(looks, connected, until))
                        .compose(
                            _ -> looks.size() < AT_ONCE ? Future.succeededFuture() : lookAtAll()));
  }

  /** Those of a tenant's users who have sessions at any gateway that answers. */
  private Future<Map<TenantId, Set<UserId>>> connected(List<PushLook> looks) {
    Map<TenantId, List<PushLook>> byTenant = looks.stream().collect(groupingBy(PushLook::tenant));
    var asked = new HashMap<TenantId, Future<Set<UserId>>>();
    byTenant.forEach((tenant, of) -> asked.put(tenant, connected(tenant, of)));
    return Future.all(List.copyOf(asked.values()))
        .map(
            _ ->
                asked.entrySet().stream()
                    .collect(toMap(Map.Entry::getKey, entry -> entry.getValue().result())));
  }

  private Future<Set<UserId>> connected(TenantId tenant, List<PushLook> looks) {
    List<UserId> users = looks.stream().map(PushLook::user).distinct().toList();
    return bus.requestAll(
            GatewayEndpoints.FIND_CONNECTED,
            new Caller(tenant, NOBODY, Role.SERVICE, null, null),
            new FindConnected(users))
        .map(
            answers -> {
              var connected = new HashSet<UserId>();
              answers.stream().map(UsersConnected::users).forEach(connected::addAll);
              return connected;
            });
  }

  private Future<?> settle(
      List<PushLook> looks, Map<TenantId, Set<UserId>> connected, Instant claimedUntil) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var outcomes = new ArrayList<PushLook.Outcome>(looks.size());
    var findings = new ArrayList<PushLookStore.Finding>(looks.size());
    for (PushLook look : looks) {
      PushLook.Outcome outcome =
          look.decide(
              connected.getOrDefault(look.tenant(), Set.of()).contains(look.user()),
              now,
              config.acknowledgeWithin(),
              config.giveUpAfter());
      outcomes.add(outcome);
      findings.add(
          new PushLookStore.Finding(
              look,
              outcome == PushLook.Outcome.PUSHED,
              outcome == PushLook.Outcome.LATER
                  ? look.notifiedAt().plus(config.acknowledgeWithin())
                  : null));
    }
    return store
        .settle(findings, claimedUntil, now, config.webPush() != null, webhook)
        .onSuccess(
            pushes -> {
              outcomes.forEach(
                  outcome ->
                      metrics
                          .counter("carewire.push.looked", "outcome", outcome.metricName())
                          .increment());
              if (pushes > 0) {
                found.run();
              }
            });
  }
}
