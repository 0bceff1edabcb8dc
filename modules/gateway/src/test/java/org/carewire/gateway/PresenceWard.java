package org.carewire.gateway;

import static org.carewire.gateway.Verifying.await;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.carewire.protocol.Done;
import org.carewire.protocol.PresenceEndpoints;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PresenceStatus;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.WatchUsers;

/**
 * The presence part of a gateway instance, on an event loop and by a clock to turn. What it asks of
 * presence the test answers.
 */
final class PresenceWard extends Ward {
  final AtomicInteger watchedUsers = new AtomicInteger();
  final Watching watching;
  final PresenceRequests presence;
  final Refreshing refreshing;
  final DeviceStore devices;

  PresenceWard() {
    this("redis://127.0.0.1:1");
  }

  PresenceWard(String redisUri) {
    super(redisUri);
    devices = new DeviceStore(platform.redis(), clock);
    watching = new Watching(platform.vertx(), clock, metrics, watchedUsers);
    var rights = new WatchRights(platform, sessions, watching);
    presence =
        new PresenceRequests(
            platform, sessions, devices, new Attendance(platform), watching, rights);
    refreshing = new Refreshing(platform, watching, rights);
    serve(PresenceEndpoints.READ_PRESENCES);
    serve(PresenceEndpoints.REFRESH_PRESENCES);
    serve(PresenceEndpoints.PUT_SESSION);
    serve(PresenceEndpoints.END_SESSION);
    serve(PresenceEndpoints.SETTLE_USER);
  }

  /** Subscribes; what presence is asked for that is to be answered. */
  Future<Done> subscribe(Client client, String... users) {
    return on(
        () ->
            presence.watch(
                client.session(),
                client.caller(),
                new WatchUsers(List.of(users).stream().map(UserId::new).toList())));
  }

  /** A session that watches a user; it has taken note of how that one is. */
  Client watcherOf(PresenceState state) {
    Client client = client("watcher");
    Future<Done> subscribed = subscribe(client, state.userId().value());
    nextAsked().answer(state);
    await(subscribed);
    client.peer().takeTold();
    return client;
  }

  PresenceState state(String user, PresenceStatus status) {
    return new PresenceState(
        TenantId.DEFAULT, new UserId(user), status, clock.instant(), null, clock.instant());
  }

  /** The user is so from now on, as presence tells all gateways. */
  PresenceState becomes(String user, PresenceStatus status) {
    clock.turn(Duration.ofMillis(1));
    PresenceState state = state(user, status);
    run(() -> watching.learn(state));
    return state;
  }

  /** Lets time pass. */
  void pass(Duration time) {
    clock.turn(time);
    run(watching::tick);
  }

  void end(Client client) {
    run(
        () -> {
          client.session().ended();
          sessions.remove(client.session());
          presence.ended(client.session(), client.caller());
        });
  }

  int told(String kind) {
    return (int) metrics.counter("carewire.presence.told", "kind", kind).count();
  }
}
