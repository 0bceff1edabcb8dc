package org.carewire.gateway;

import static org.carewire.gateway.Verifying.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
import org.carewire.protocol.Endpoint;
import org.carewire.protocol.Limits;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PresenceStates;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Role;
import org.carewire.protocol.SessionPut;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.UserSettled;
import org.jspecify.annotations.Nullable;

/**
 * A part of a gateway instance, on an event loop and by a clock to turn. What it asks of services
 * the test answers.
 */
class Ward implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 15;

  /** What a service has been asked. */
  static final class Asked {
    private final Caller caller;
    private final Command command;
    private final Promise<Object> answer = Promise.promise();

    private Asked(Caller caller, Command command) {
      this.caller = caller;
      this.command = command;
    }

    Caller caller() {
      return caller;
    }

    Command command() {
      return command;
    }

    void reply(Object reply) {
      answer.complete(reply);
    }

    void answer(PresenceState... states) {
      reply(new PresenceStates(List.of(states)));
    }

    /** The session has ended, or what is left of its user was seen to. */
    void isSettled(long nextDueMs) {
      reply(new UserSettled(nextDueMs));
    }

    void isPut() {
      reply(new SessionPut(null));
    }

    void refuse(Refusal refusal) {
      answer.fail(refusal);
    }
  }

  /** A session and its client. */
  record Client(Session session, Caller caller, Peer peer) {}

  final TurnedClock clock = new TurnedClock();
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final Platform platform;
  final Sessions sessions;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();

  Ward(String redisUri) {
    platform = platform(redisUri);
    sessions = new Sessions(platform.routes());
  }

  final <C extends Command, R> void serve(Endpoint<C, R> endpoint) {
    await(
        platform
            .bus()
            .serve(
                0,
                endpoint,
                (caller, command) -> {
                  var question = new Asked(caller, command);
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
  final Client client(String user) {
    return client(user, null);
  }

  /** The same, of a device. */
  final Client client(String user, @Nullable DeviceId device) {
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

  final Asked nextAsked() {
    try {
      Asked next = asked.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("Nothing was asked");
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** What it has been asked and nobody has looked at. */
  final List<Command> takeAsked() {
    var taken = new ArrayList<Asked>();
    asked.drainTo(taken);
    return taken.stream().map(Asked::command).toList();
  }

  final void run(Runnable action) {
    on(
        () -> {
          action.run();
          return true;
        });
  }

  /** Does it on the event loop. */
  final <T> T on(Supplier<T> action) {
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
