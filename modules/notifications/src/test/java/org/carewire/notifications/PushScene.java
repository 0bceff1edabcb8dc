package org.carewire.notifications;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.carewire.platform.AuditQueue;
import org.carewire.platform.Bus;
import org.carewire.platform.Cluster;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Doubts;
import org.carewire.platform.Epoch;
import org.carewire.platform.Migrations;
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
import org.carewire.protocol.GatewayEndpoints;
import org.carewire.protocol.Limits;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.PutPushSubscription;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Role;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.UsersConnected;
import org.carewire.testkit.TestPostgres;
import org.jspecify.annotations.Nullable;

/** Nodes that push, on a database of their own, with a clock to turn. */
final class PushScene implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 20;
  static final String CONTACT = "mailto:operator@example.com";
  static final String SECRET = "put.your.own.here.0123456789012345";
  static final Duration GIVE_UP_AFTER = Duration.ofMinutes(10);

  /** What no push may say. */
  static final String CANARY = "kanarienvogel";

  private final TestPostgres.Database database = TestPostgres.newDatabase();
  private final List<Vertx> all = new ArrayList<>();
  private final Vertx servers = start();
  private final Set<UserId> connected = ConcurrentHashMap.newKeySet();
  private @Nullable Bus bus;
  private NotificationsConfig.@Nullable Webhook webhook;

  final TurnedClock clock = new TurnedClock();
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final PushEndpoint endpoint = new PushEndpoint(servers);

  PushScene() {
    Migrations.run(config());
  }

  private Vertx start() {
    Vertx vertx = Vertx.vertx();
    all.add(vertx);
    return vertx;
  }

  PushEndpoint newEndpoint() {
    return new PushEndpoint(servers);
  }

  private PostgresConfig config() {
    return new PostgresConfig(
        List.of(new ServerAddress(database.host(), database.port())),
        database.database(),
        database.user(),
        database.password(),
        PostgresConfig.Tls.DISABLE,
        8);
  }

  PushScene withWebhook() {
    webhook = new NotificationsConfig.Webhook(URI.create(endpoint.origin() + "/hook"), SECRET);
    return this;
  }

  /** Starts a node; its gateway is connected with those who are there. */
  Platform node(String... services) {
    Platform platform = nodeWithoutGateway(services);
    serveGateway(platform);
    return platform;
  }

  Platform nodeWithoutGateway(String... services) {
    Vertx vertx = start();
    var node = NodeId.fresh();
    var cluster = Cluster.alone(node);
    var nodeBus = new Bus(vertx, cluster, 1, metrics);
    var doubts = new Doubts(clock, metrics);
    var pool = Postgres.pool(vertx, config());
    // Nothing of this asks Redis.
    var redis = new RedisAccess(vertx, RedisConfig.standalone("redis://127.0.0.1:1"));
    var lease = new NodeLease(vertx, redis, node, clock, doubts);
    var platform =
        new Platform(
            vertx,
            node,
            cluster,
            clock,
            Limits.DEFAULT,
            nodeBus,
            new Deliveries(vertx, cluster, nodeBus, redis, clock, doubts),
            pool,
            redis,
            lease,
            new Routes(vertx, cluster, redis, lease),
            doubts,
            new AuditQueue(vertx, pool, metrics),
            new Epoch(),
            metrics);
    var notifications =
        new NotificationsConfig(
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            GIVE_UP_AFTER,
            services.length == 0
                ? null
                : new NotificationsConfig.WebPush(CONTACT, List.of(services)),
            webhook);
    await(vertx.deployVerticle(new NotificationsVerticle(platform, notifications, 0)));
    bus = nodeBus;
    return platform;
  }

  private void serveGateway(Platform platform) {
    await(
        platform
            .bus()
            .serve(
                0,
                GatewayEndpoints.FIND_CONNECTED,
                (_, find) ->
                    Future.succeededFuture(
                        new UsersConnected(
                            find.users().stream().filter(connected::contains).toList()))));
  }

  void isConnected(String user) {
    connected.add(new UserId(user));
  }

  <C extends Command, R> R ask(Endpoint<C, R> endpoint, Caller caller, C command) {
    Bus asked = bus;
    if (asked == null) {
      throw new AssertionError("No node");
    }
    return await(asked.request(endpoint, caller, command));
  }

  <C extends Command, R> Refusal refused(Endpoint<C, R> endpoint, Caller caller, C command) {
    try {
      throw new AssertionError("Not refused: " + ask(endpoint, caller, command));
    } catch (Refusal refusal) {
      return refusal;
    }
  }

  static Caller user(String id) {
    return new Caller(TenantId.DEFAULT, new UserId(id), Role.PATIENT, null, null);
  }

  static Caller service(String tenant) {
    return new Caller(new TenantId(tenant), new UserId("billing"), Role.SERVICE, null, null);
  }

  /** The browser of a user subscribes, as its user's device. */
  Browser subscribe(String user, String device, String at) {
    var browser = new Browser();
    ask(
        NotificationEndpoints.PUT_PUSH_SUBSCRIPTION,
        user(user),
        new PutPushSubscription(new DeviceId(device), at, browser.p256dh(), browser.auth()));
    return browser;
  }

  /** A notification is stored, at which it is to be looked. */
  UUID notify(String user) {
    return notify(user, "high");
  }

  UUID notify(String user, String priority) {
    UUID id = UUID.randomUUID();
    String room = "notifications:" + user;
    execute(
        """
        insert into room (tenant_id, room_id, kind, updated_at)
        values ('default', '%1$s', 'notifications', now()) on conflict do nothing;
        insert into room_member (room_key, tenant_id, user_id)
        select key, 'default', '%2$s' from room where room_id = '%1$s' on conflict do nothing;
        insert into inbox (room_key, tenant_id, user_id, changed_at)
        select key, 'default', '%2$s', now() from room where room_id = '%1$s'
        on conflict do nothing;
        update room set top = top + 1 where room_id = '%1$s';
        insert into entry (room_key, "offset", id, kind, content, created_at)
        select key, top, '%3$s', 'notification', '%4$s', '%5$s' from room where room_id = '%1$s';
        insert into notification (room_key, "offset", push_at)
        select key, top, '%5$s' from room where room_id = '%1$s';
        """
            .formatted(
                room,
                user,
                id,
                """
                {"type":"lab_results_ready","priority":"%s","title":"%s","message":"%s"}\
                """
                    .formatted(priority, CANARY, CANARY),
                clock.instant()));
    return id;
  }

  void acknowledge(String user, long offset) {
    execute("update room_member set delivered = %d where user_id = '%s'".formatted(offset, user));
  }

  void awaitSettled() {
    awaitUntil(() -> one("select count(*) from notification where push_at is not null") == 0);
  }

  void awaitNothingToPush() {
    awaitUntil(() -> one("select count(*) from push") == 0);
  }

  /** All have failed so often, and wait for their next attempt. */
  void awaitPostponed(int attempts) {
    awaitUntil(
        () ->
            one(
                        """
                        select count(*) from push
                        where attempts = %d and next_at <> timestamptz '%s' + interval '30 s'
                        """
                            .formatted(attempts, clock.instant()))
                    > 0
                && one("select count(*) from push where attempts <> " + attempts) == 0);
  }

  long one(String sql) {
    return Long.parseLong(query(sql).getFirst());
  }

  List<String> query(String sql) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      var read = new ArrayList<String>();
      while (rows.next()) {
        var columns = new ArrayList<String>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          columns.add(rows.getString(i));
        }
        read.add(String.join(",", columns));
      }
      return read;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  void execute(String sql) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  static void awaitUntil(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Not within " + DEADLINE_SECONDS + " s");
      }
      Thread.onSpinWait();
    }
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("Nothing within " + DEADLINE_SECONDS + " s", e);
    }
  }

  @Override
  public void close() {
    all.reversed().forEach(vertx -> await(vertx.close()));
  }
}
