package org.carewire.notifications;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.carewire.platform.AuditQueue;
import org.carewire.platform.Bus;
import org.carewire.platform.Cluster;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
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
import org.carewire.protocol.Endpoint;
import org.carewire.protocol.IdempotencyKey;
import org.carewire.protocol.Limits;
import org.carewire.protocol.NotificationContent;
import org.carewire.protocol.NotificationPriority;
import org.carewire.protocol.NotificationType;
import org.carewire.protocol.PostNotifications;
import org.carewire.protocol.Role;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.testkit.TestPostgres;
import org.jspecify.annotations.Nullable;

/** A database of its own, and nodes that serve notifications from it. */
final class NotificationsScene implements AutoCloseable {
  static final TenantId TENANT = TenantId.DEFAULT;
  static final Caller SERVICE = new Caller(TENANT, new UserId("billing"), Role.SERVICE, null, null);
  private static final long DEADLINE_SECONDS = 30;

  private final TestPostgres.Database database = TestPostgres.newDatabase();
  private final List<Node> nodes = new ArrayList<>();

  NotificationsScene() {
    Migrations.run(postgres());
  }

  private PostgresConfig postgres() {
    return new PostgresConfig(
        List.of(new ServerAddress(database.host(), database.port())),
        database.database(),
        database.user(),
        database.password(),
        PostgresConfig.Tls.DISABLE,
        4);
  }

  /** One more node, alone but for the database. */
  Node node() {
    return node(null, Limits.DEFAULT);
  }

  Node node(@Nullable URI webhook, Limits limits) {
    var node = new Node(webhook, limits);
    nodes.add(node);
    return node;
  }

  /** What a node's own gateway would be told is kept. */
  final class Node {
    private final Vertx vertx = Vertx.vertx();
    private final Platform platform;
    private final List<Delivery> told = new CopyOnWriteArrayList<>();
    private final String deployment;

    private Node(@Nullable URI webhook, Limits limits) {
      var metrics = new SimpleMeterRegistry();
      var id = NodeId.fresh();
      var clock = Clock.systemUTC();
      var cluster = Cluster.alone(id);
      var bus = new Bus(vertx, cluster, 1, metrics);
      var pool = Postgres.pool(vertx, postgres());
      var doubts = new Doubts(clock, metrics);
      var redis = new RedisAccess(vertx, RedisConfig.standalone("redis://127.0.0.1:1"));
      var lease = new NodeLease(vertx, redis, id, clock, doubts);
      platform =
          new Platform(
              vertx,
              id,
              cluster,
              clock,
              limits,
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
      var config =
          new NotificationsConfig(
              Duration.ofSeconds(30),
              Duration.ofSeconds(5),
              Duration.ofHours(24),
              null,
              webhook == null
                  ? null
                  : new NotificationsConfig.Webhook(webhook, "0123456789abcdef0123456789abcdef"));
      await(platform.deliveries().receive(told::add));
      deployment =
          await(
              vertx.deployVerticle(
                  () -> new NotificationsVerticle(platform, config, 0), new DeploymentOptions()));
    }

    Platform platform() {
      return platform;
    }

    <C extends Command, R> R ask(Endpoint<C, R> endpoint, Caller caller, C command) {
      return await(begin(endpoint, caller, command));
    }

    <C extends Command, R> Future<R> begin(Endpoint<C, R> endpoint, Caller caller, C command) {
      return platform.bus().request(endpoint, caller, command);
    }

    List<Delivery> told() {
      return told;
    }

    void stop() {
      await(vertx.undeploy(deployment));
    }
  }

  static Caller patient(String user) {
    return new Caller(TENANT, new UserId(user), Role.PATIENT, null, null);
  }

  static NotificationContent content(String title) {
    return new NotificationContent(
        NotificationType.SYSTEM_ALERT,
        NotificationPriority.LOW,
        title,
        "The clinic is closed",
        null,
        null);
  }

  static PostNotifications post(String title, String... users) {
    return new PostNotifications(users(users), content(title), null, null);
  }

  static PostNotifications named(String key, String title, String... users) {
    return new PostNotifications(users(users), content(title), null, new IdempotencyKey(key));
  }

  static PostNotifications later(Instant sendAt, String... users) {
    return new PostNotifications(users(users), content("Later"), sendAt, null);
  }

  static List<UserId> users(String... users) {
    return List.of(users).stream().map(UserId::new).toList();
  }

  /** The rows of a query, each as the text of its columns with commas between them. */
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

  /** What PostgreSQL does for a prepared statement, as JSON, planned as a node has it planned. */
  String explain(String prepare, String execute) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("set plan_cache_mode = force_generic_plan; set enable_seqscan = off");
      statement.execute(prepare);
      try (ResultSet rows = statement.executeQuery("explain (analyze, format json) " + execute)) {
        rows.next();
        return rows.getString(1);
      }
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
    nodes.forEach(node -> await(node.vertx.close()));
  }
}
