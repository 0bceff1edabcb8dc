package org.carewire.rooms;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.carewire.platform.Migrations;
import org.carewire.platform.Postgres;
import org.carewire.platform.PostgresConfig;
import org.carewire.platform.ServerAddress;
import org.carewire.protocol.Caller;
import org.carewire.protocol.GroupId;
import org.carewire.protocol.PutGroup;
import org.carewire.protocol.PutVisit;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.VisitId;
import org.carewire.testkit.PostgresProxy;
import org.carewire.testkit.TestPostgres;

/** A database of its own with the tables of rooms, and queues that append to them. */
final class RoomsDatabase implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 30;

  private final TestPostgres.Database database = TestPostgres.newDatabase();
  private final Vertx vertx = Vertx.vertx();
  private final Pool pool;

  RoomsDatabase() {
    Migrations.run(config(4));
    pool = pool(4);
  }

  private PostgresConfig config(int poolSize) {
    return config(database.port(), poolSize);
  }

  private PostgresConfig config(int port, int poolSize) {
    return new PostgresConfig(
        List.of(new ServerAddress(database.host(), port)),
        database.database(),
        database.user(),
        database.password(),
        PostgresConfig.Tls.DISABLE,
        poolSize);
  }

  Vertx vertx() {
    return vertx;
  }

  Pool pool() {
    return pool;
  }

  /** Another pool, as another node has one. */
  Pool pool(int size) {
    return Postgres.pool(vertx, config(size));
  }

  /** A queue on an event loop of its own, with a pool of its own. */
  LoopQueue queue() {
    return queue(pool(2), new SimpleMeterRegistry());
  }

  /** The same behind a network that fails. */
  LoopQueue queue(PostgresProxy network, MeterRegistry metrics) {
    return queue(Postgres.pool(vertx, config(network.port(), 2)), metrics);
  }

  private LoopQueue queue(Pool itsPool, MeterRegistry metrics) {
    var queue =
        new LoopQueue(new AppendQueue(vertx, itsPool, new RoomLog(Clock.systemUTC()), metrics));
    deploy(queue);
    return queue;
  }

  /** The same for receipts. */
  LoopReceipts receipts() {
    var receipts = new LoopReceipts(vertx, pool(2));
    deploy(receipts);
    return receipts;
  }

  void deploy(VerticleBase loop) {
    await(vertx.deployVerticle(loop));
  }

  PostgresProxy network() {
    return PostgresProxy.before(database);
  }

  VisitStore visits() {
    return new VisitStore(pool, Clock.systemUTC());
  }

  RoomId visit(String id, String patient, String provider) {
    return visit(TenantId.DEFAULT, id, patient, provider);
  }

  RoomId visit(TenantId tenant, String id, String patient, String provider) {
    var put = visitOf(id, patient, provider);
    await(visits().put(backend(tenant), put));
    return put.room();
  }

  static PutVisit visitOf(String id, String patient, String provider) {
    return new PutVisit(
        new VisitId(id), new UserId(patient), new UserId(provider), List.of(), null, null);
  }

  RoomId group(String id, String... members) {
    await(putGroup(id, members));
    return RoomId.group(new GroupId(id));
  }

  /** Makes the group, or replaces its members. */
  Future<?> putGroup(String id, String... members) {
    var put = new PutGroup(new GroupId(id), Arrays.stream(members).map(UserId::new).toList(), null);
    return new GroupStore(pool, Clock.systemUTC()).put(backend(TenantId.DEFAULT), put);
  }

  static Caller backend(TenantId tenant) {
    return new Caller(tenant, new UserId("backend"), Role.SERVICE, null, null);
  }

  /** The rows of a query, each as the text of its columns with commas between them. */
  List<String> query(String sql, Object... arguments) {
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        var read = new ArrayList<String>();
        while (rows.next()) {
          var columns = new ArrayList<String>();
          for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            columns.add(rows.getString(i));
          }
          read.add(String.join(",", columns));
        }
        return read;
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  void execute(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** The offsets of a room's entries, in order. */
  List<Long> offsets(RoomId room) {
    return query(
            """
            select "offset" from entry e join room r on r.key = e.room_key
            where r.room_id = ? order by 1
            """,
            room.value())
        .stream()
        .map(Long::valueOf)
        .toList();
  }

  /** Waits until one of the pools' connections waits for a lock. */
  void awaitWaitingForALock() {
    awaitUntil(
        () ->
            !query(
                    """
                    select pid from pg_stat_activity
                    where application_name = 'carewire' and datname = current_database()
                      and wait_event_type = 'Lock'
                    """)
                .isEmpty());
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

  /** Ends all connections of the pools; answers how many. */
  int killConnections() {
    return query(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where application_name = 'carewire' and datname = current_database()
            """)
        .size();
  }

  /** Until so many statements of the pools wait for locks. */
  void awaitWaitingForLocks(int count) {
    await(
        Duration.ofSeconds(DEADLINE_SECONDS),
        () ->
            query(
                        """
                        select pid from pg_stat_activity
                        where application_name = 'carewire' and datname = current_database()
                          and wait_event_type = 'Lock'
                        """)
                    .size()
                >= count);
  }

  void await(Duration deadline, BooleanSupplier condition) {
    long end = System.nanoTime() + deadline.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Not within " + deadline);
      }
      Thread.onSpinWait();
    }
  }

  /** How many there have been; connections of the pools have to end for that. */
  long deadlocks() {
    killConnections();
    // They count when they end.
    await(
        Duration.ofSeconds(DEADLINE_SECONDS),
        () ->
            query(
                    """
                    select pid from pg_stat_activity
                    where application_name = 'carewire' and datname = current_database()
                    """)
                .isEmpty());
    return Long.parseLong(
        query("select deadlocks from pg_stat_database where datname = current_database()")
            .getFirst());
  }

  Connection connect() throws SQLException {
    return database.connect();
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
