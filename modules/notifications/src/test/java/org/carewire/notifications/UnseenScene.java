package org.carewire.notifications;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
import org.carewire.protocol.EntryId;
import org.carewire.protocol.Limits;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.rooms.Append;
import org.carewire.rooms.EntryKind;
import org.carewire.rooms.RoomLog;
import org.carewire.testkit.TestPostgres;

/** A database of its own with rooms and their messages, and nodes that look at them. */
final class UnseenScene implements AutoCloseable {
  static final Duration UNSEEN_AFTER = Duration.ofSeconds(30);
  private static final long DEADLINE_SECONDS = 30;
  private static final NotificationsConfig PUSHING_NOWHERE =
      new NotificationsConfig(
          UNSEEN_AFTER, Duration.ofSeconds(5), Duration.ofHours(24), null, null);
  private static final String TEXT =
      "{\"message\":\"Hello\",\"attachments\":[],\"metadata\":{\"senderRole\":\"patient\"}}";
  private static final String CALL =
      "{\"message\":\"Video call\",\"attachments\":[],\"metadata\":{\"messageType\":\"call\"}}";

  private final TestPostgres.Database database = TestPostgres.newDatabase();
  private final Vertx vertx = Vertx.vertx();
  private final Pool pool;
  private final RoomLog log = new RoomLog(Clock.systemUTC());

  UnseenScene() {
    Migrations.run(config(database.port()));
    pool = Postgres.pool(vertx, config(database.port()));
  }

  PostgresConfig config(int port) {
    return new PostgresConfig(
        List.of(new ServerAddress(database.host(), port)),
        database.database(),
        database.user(),
        database.password(),
        PostgresConfig.Tls.DISABLE,
        2);
  }

  TestPostgres.Database database() {
    return database;
  }

  /** Part of a node whose clock is ahead, so that all messages are old enough. */
  Looking node() {
    return node(database.port(), UNSEEN_AFTER.plusSeconds(2));
  }

  Looking node(int port, Duration ahead) {
    return new Looking(port, Clock.offset(Clock.systemUTC(), ahead));
  }

  /** On an event loop of its own, with a pool of its own. */
  final class Looking {
    private final Context context = vertx.getOrCreateContext();
    private final FindingUnseen finding;

    private Looking(int port, Clock clock) {
      Platform platform = platform(Postgres.pool(vertx, config(port)), clock);
      var inbox = new Inbox(log, new InboxStore(platform.pool(), PUSHING_NOWHERE), platform);
      finding = new FindingUnseen(vertx, platform, inbox, UNSEEN_AFTER);
    }

    Future<?> begin() {
      Promise<Object> done = Promise.promise();
      context.runOnContext(_ -> finding.look().<Object>mapEmpty().onComplete(done));
      return done.future();
    }

    void look() {
      await(begin());
    }
  }

  private Platform platform(Pool itsPool, Clock clock) {
    var metrics = new SimpleMeterRegistry();
    var node = NodeId.fresh();
    var cluster = Cluster.alone(node);
    var bus = new Bus(Vertx.vertx(), cluster, 1, metrics);
    var doubts = new Doubts(clock, metrics);
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
        itsPool,
        redis,
        lease,
        new Routes(vertx, cluster, redis, lease),
        doubts,
        new AuditQueue(vertx, itsPool, metrics),
        new Epoch(),
        metrics);
  }

  /** A room with members. */
  RoomId room(String room, String... members) {
    execute(
        """
        insert into room (tenant_id, room_id, kind, updated_at)
        values ('default', '%s', '%s', now())
        """
            .formatted(room, room.substring(0, room.indexOf(':'))));
    for (String member : members) {
      execute(
          """
          insert into room_member (room_key, tenant_id, user_id)
          select key, 'default', '%s' from room where room_id = '%s'
          """
              .formatted(member, room));
    }
    return RoomId.parse(room);
  }

  /** Answers the id. */
  EntryId send(RoomId room, String sender) {
    return append(room, sender, TEXT);
  }

  EntryId recordCall(RoomId room, String caller) {
    return append(room, caller, CALL);
  }

  private EntryId append(RoomId room, String sender, String content) {
    EntryId id = PostingNotifications.freshId();
    var caller = new Caller(TenantId.DEFAULT, new UserId(sender), Role.PROVIDER, null, null);
    var append = new Append(caller, room, id, EntryKind.MESSAGE, null, RawJson.of(content), false);
    await(
        pool.withConnection(
            connection ->
                RoomLog.atOnce(connection, () -> log.append(connection, List.of(append)))));
    return id;
  }

  void receive(RoomId room, String user, long offset) {
    moveUp("delivered", room, user, offset);
  }

  void read(RoomId room, String user, long offset) {
    receive(room, user, offset);
    moveUp("read", room, user, offset);
  }

  private void moveUp(String receipt, RoomId room, String user, long offset) {
    execute(
        """
        update room_member set %1$s = greatest(%1$s, %2$d)
        where user_id = '%3$s' and room_key = (select key from room where room_id = '%4$s')
        """
            .formatted(receipt, offset, user, room));
  }

  /** Of what a user was notified, the oldest first: the room and the offset of the message. */
  List<String> notified(String user) {
    return query(
        """
        select e.content #>> '{data,roomId}', e.content #>> '{data,offset}'
        from entry e
        join room r on r.key = e.room_key
        join notification n on n.room_key = e.room_key and n."offset" = e."offset"
        where r.room_id = 'notifications:%s'
        order by e."offset"
        """
            .formatted(user));
  }

  /** The rows of a query, each as the text of its columns with spaces between them. */
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
        read.add(String.join(" ", columns));
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

  UUID mark() {
    return UUID.fromString(query("select up_to from unseen_mark").getFirst());
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
    await(vertx.close());
  }
}
