package org.carewire.gateway;

import static org.carewire.gateway.Verifying.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.carewire.platform.AuditQueue;
import org.carewire.platform.Bus;
import org.carewire.platform.Cluster;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Doubts;
import org.carewire.platform.Epoch;
import org.carewire.platform.NodeId;
import org.carewire.platform.NodeLease;
import org.carewire.platform.Platform;
import org.carewire.platform.Postgres;
import org.carewire.platform.PostgresConfig;
import org.carewire.platform.RedisAccess;
import org.carewire.platform.RedisConfig;
import org.carewire.platform.Routes;
import org.carewire.platform.ServerAddress;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Command;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.Done;
import org.carewire.protocol.Endpoint;
import org.carewire.protocol.Limits;
import org.carewire.protocol.PresenceEndpoints;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PresenceStates;
import org.carewire.protocol.PresenceStatus;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Role;
import org.carewire.protocol.SessionPut;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.UserSettled;
import org.carewire.protocol.WatchUsers;
import org.jspecify.annotations.Nullable;

/**
 * The presence part of a gateway instance, on an event loop and by a clock to turn. What it asks of
 * presence the test answers.
 */
final class PresenceWard implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 15;

  /** What presence has been asked. */
  static final class Asked {
    private final Command command;
    private final Promise<Object> answer = Promise.promise();

    private Asked(Command command) {
      this.command = command;
    }

    Command command() {
      return command;
    }

    void answer(PresenceState... states) {
      answer.complete(new PresenceStates(List.of(states)));
    }

    /** The session has ended, or what is left of its user was seen to. */
    void isSettled(long nextDueMs) {
      answer.complete(new UserSettled(nextDueMs));
    }

    void isPut() {
      answer.complete(new SessionPut(null));
    }

    void refuse(Refusal refusal) {
      answer.fail(refusal);
    }
  }

  /** A session and its client. */
  record Client(Session session, Caller caller, Peer peer) {}

  final TurnedClock clock = new TurnedClock();
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final AtomicInteger watchedUsers = new AtomicInteger();
  final Watching watching;
  final PresenceRequests presence;
  final Refreshing refreshing;
  final DeviceStore devices;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
  private final Sessions sessions;

  PresenceWard() {
    this("redis://127.0.0.1:1");
  }

  PresenceWard(String redisUri) {
    Platform platform = platform(redisUri);
    devices = new DeviceStore(platform.redis(), clock);
    sessions = new Sessions(platform.routes());
    watching = new Watching(vertx, clock, metrics, watchedUsers);
    var rights = new WatchRights(platform, sessions, watching);
    presence =
        new PresenceRequests(
            platform, sessions, devices, new Attendance(platform), watching, rights);
    refreshing = new Refreshing(platform, watching, rights);
    serve(platform.bus(), PresenceEndpoints.READ_PRESENCES);
    serve(platform.bus(), PresenceEndpoints.REFRESH_PRESENCES);
    serve(platform.bus(), PresenceEndpoints.PUT_SESSION);
    serve(platform.bus(), PresenceEndpoints.END_SESSION);
    serve(platform.bus(), PresenceEndpoints.SETTLE_USER);
  }

  private <C extends Command, R> void serve(Bus bus, Endpoint<C, R> endpoint) {
    await(
        bus.serve(
            0,
            endpoint,
            (_, command) -> {
              var question = new Asked(command);
              asked.add(question);
              return question.answer.future().map(endpoint.reply()::cast);
            }));
  }

  /** What is not asked for connects to nothing. */
  private Platform platform(String redisUri) {
    var node = NodeId.fresh();
    var cluster = Cluster.alone(node);
    var bus = new Bus(vertx, cluster, 1, metrics);
    var doubts = new Doubts(clock, metrics);
    var nowhere = List.of(new ServerAddress("127.0.0.1", 1));
    var pool =
        Postgres.pool(
            vertx,
            new PostgresConfig(nowhere, "none", "none", "none", PostgresConfig.Tls.DISABLE, 2));
    var redis = new RedisAccess(vertx, RedisConfig.standalone(redisUri));
    var lease = new NodeLease(vertx, redis, node, clock, doubts);
    return new Platform(
        vertx,
        node,
        cluster,
        clock,
        Limits.DEFAULT,
        bus,
        new Deliveries(vertx, cluster, bus, redis, clock, doubts),
        pool,
        redis,
        lease,
        new Routes(vertx, cluster, redis, lease),
        doubts,
        new AuditQueue(vertx, pool, metrics),
        new Epoch(),
        metrics);
  }

  /** A session of a patient that has been told that it is connected. */
  Client client(String user) {
    return client(user, null);
  }

  /** The same, of a device. */
  Client client(String user, @Nullable DeviceId device) {
    return on(
        () -> {
          var peer = new Peer();
          var rates = new RequestRates(RequestRates.Allowed.by(Limits.DEFAULT), System::nanoTime);
          var session =
              new Session(
                  peer, new Speech(), null, rates, Limits.DEFAULT.queuedBytes(), Instant.EPOCH);
          session.authenticate(
              new Principal(
                  TenantId.DEFAULT, new UserId(user), Role.PATIENT, Instant.EPOCH, Instant.MAX),
              device);
          session.connected();
          Caller caller =
              new Caller(TenantId.DEFAULT, new UserId(user), Role.PATIENT, session.id(), device);
          sessions.add(session);
          sessions.authenticated(session, caller);
          return new Client(session, caller, peer);
        });
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

  Asked nextAsked() {
    try {
      Asked next = asked.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("Presence was not asked");
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** What it has been asked and nobody has looked at. */
  List<Command> takeAsked() {
    var taken = new ArrayList<Asked>();
    asked.drainTo(taken);
    return taken.stream().map(Asked::command).toList();
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

  void run(Runnable action) {
    on(
        () -> {
          action.run();
          return true;
        });
  }

  /** Does it on the event loop. */
  <T> T on(Supplier<T> action) {
    Promise<T> done = Promise.promise();
    context.runOnContext(
        _ -> {
          try {
            done.complete(action.get());
          } catch (RuntimeException e) {
            done.fail(e);
          }
        });
    return await(done.future());
  }

  @Override
  public void close() {
    await(vertx.close());
  }

  private static final class Speech implements Dialect {
    @Override
    public Frame frame(OutboundEvent event) {
      return event.jsonFrame();
    }

    @Override
    public void receive(Session session, byte[] utf8) {
      throw new IllegalStateException();
    }
  }
}
