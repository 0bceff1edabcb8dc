package org.carewire.gateway;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.carewire.platform.AuditQueue;
import org.carewire.platform.Bus;
import org.carewire.platform.Cluster;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
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
import org.carewire.protocol.Limits;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * An entry on its way to the sessions of a room, up to the channel below the WebSocket. One
 * operation is so many entries that there are 1,000 deliveries, in as many turns of the event loop;
 * so bytes divided by 1,000 are those of one delivery.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FanOutBenchmark {
  private static final int DELIVERIES = 1_000;

  private static final RawJson MESSAGE =
      RawJson.of(("{\"message\":\"" + "x".repeat(300) + "\"}").getBytes(StandardCharsets.UTF_8));

  @Param({"1", "2", "500"})
  public int sessionsOfRoom;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final RoomId room = RoomId.parse("visit:v1");
  private final List<EmbeddedChannel> channels = new ArrayList<>();
  private final List<UserId> members = new ArrayList<>();
  private @Nullable FanOut fanOut;
  private long offset;

  /** With sessions of one user each, which have come into the room. */
  @Setup(Level.Trial)
  public void open() {
    var metrics = new SimpleMeterRegistry();
    Platform platform = platform(metrics);
    var sessions = new Sessions(platform.routes());
    var flusher = new Flusher(vertx);
    var counts = new UnreadCounts(vertx, sessions);
    var flow = new EntryFlow(platform, Duration.ofSeconds(30), counts);
    var devices = new DeviceStore(platform.redis(), platform.clock());
    var rooms = new RoomRequests(platform, sessions, devices);
    var watching = new Watching(vertx, platform.clock(), metrics, new AtomicInteger());
    var rights = new WatchRights(platform, sessions, watching);
    var presence =
        new PresenceRequests(
            platform, sessions, devices, new Attendance(platform), watching, rights);
    var revocations = new Revocations(vertx, platform.bus(), platform.epoch());
    fanOut =
        new FanOut(
            sessions,
            rooms,
            presence,
            new CallNotices(sessions),
            flow,
            new NotificationNotices(sessions, flow, counts),
            revocations,
            platform.doubts(),
            metrics);
    for (int i = 0; i < sessionsOfRoom; i++) {
      Session session = session(flusher, platform.limits());
      var user = new UserId("user-" + i);
      members.add(user);
      session.authenticate(
          new Principal(TenantId.DEFAULT, user, Role.PATIENT, Instant.EPOCH, Instant.MAX), null);
      Caller caller = new Caller(TenantId.DEFAULT, user, Role.PATIENT, session.id(), null);
      var following = new Following(session, caller, false);
      session.follow(following);
      session.connected();
      sessions.add(session);
      sessions.authenticated(session, caller);
      flow.connected(following);
    }
  }

  /** What is not asked for connects to nothing. */
  private Platform platform(SimpleMeterRegistry metrics) {
    var node = NodeId.fresh();
    var cluster = Cluster.alone(node);
    var bus = new Bus(vertx, cluster, 1, metrics);
    var clock = Clock.systemUTC();
    var doubts = new Doubts(clock, metrics);
    var pool =
        Postgres.pool(
            vertx,
            new PostgresConfig(
                List.of(new ServerAddress("127.0.0.1", 1)),
                "none",
                "none",
                "none",
                PostgresConfig.Tls.DISABLE,
                2));
    var redis = new RedisAccess(vertx, RedisConfig.standalone("redis://127.0.0.1:1"));
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

  private Session session(Flusher flusher, Limits limits) {
    var channel = new EmbeddedChannel();
    channels.add(channel);
    var address = new ClientAddress("127.0.0.1", true);
    var connection = new WebSocketConnection(vertx, flusher, unused(), channel, address);
    var rates = new RequestRates(RequestRates.Allowed.by(limits), System::nanoTime);
    return new Session(connection, new Speech(), null, rates, limits.queuedBytes(), Instant.EPOCH);
  }

  /** As of {@code /ws}, for sessions that send nothing. */
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

  /** Only pings and closes go by it. */
  private static ServerWebSocket unused() {
    return (ServerWebSocket)
        Proxy.newProxyInstance(
            ServerWebSocket.class.getClassLoader(),
            new Class<?>[] {ServerWebSocket.class},
            (_, method, _) -> {
              throw new IllegalStateException(method.getName());
            });
  }

  @TearDown(Level.Trial)
  public void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  /** 1,000 deliveries. */
  @Benchmark
  public void deliver() throws Exception {
    var done = new CompletableFuture<Void>();
    context.runOnContext(_ -> deliverOn(DELIVERIES / sessionsOfRoom, done));
    done.get(10, TimeUnit.SECONDS);
  }

  /** One entry a turn; what was flushed in the turn before is taken off the channels. */
  private void deliverOn(int entries, CompletableFuture<Void> done) {
    for (EmbeddedChannel channel : channels) {
      for (Object sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
        ReferenceCountUtil.release(sent);
      }
    }
    if (entries == 0) {
      done.complete(null);
      return;
    }
    offset++;
    Objects.requireNonNull(fanOut)
        .handle(new Delivery.Entry(TenantId.DEFAULT, room, offset, members, MESSAGE, null));
    context.runOnContext(_ -> deliverOn(entries - 1, done));
  }
}
