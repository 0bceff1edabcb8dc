package org.carewire.signaling;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.carewire.platform.Migrations;
import org.carewire.platform.Postgres;
import org.carewire.platform.PostgresConfig;
import org.carewire.platform.ServerAddress;
import org.carewire.protocol.CallId;
import org.carewire.testkit.FaultProxy;
import org.carewire.testkit.TestPostgres;

/** A database of its own with the tables of calls. */
final class SignalingDatabase implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 30;

  private final TestPostgres.Database database = TestPostgres.newDatabase();
  private final Vertx vertx = Vertx.vertx();
  private final Pool pool;

  SignalingDatabase() {
    Migrations.run(config(database.port()));
    pool = Postgres.pool(vertx, config(database.port()));
  }

  private PostgresConfig config(int port) {
    return new PostgresConfig(
        List.of(new ServerAddress(database.host(), port)),
        database.database(),
        database.user(),
        database.password(),
        PostgresConfig.Tls.DISABLE,
        4);
  }

  Vertx vertx() {
    return vertx;
  }

  Pool pool() {
    return pool;
  }

  /** A network in front of it that may fail. */
  FaultProxy network() {
    return FaultProxy.before(database.port());
  }

  Pool through(FaultProxy network) {
    return Postgres.pool(vertx, config(network.port()));
  }

  /** A call that goes on. */
  CallId newCall() {
    String id = UUID.randomUUID().toString();
    execute(
        """
        insert into call (call_id, tenant_id, caller_id, version, state, created_at)
        values ('%s', 'default', 'ann', 1, '{}', now())
        """
            .formatted(id));
    return new CallId(id);
  }

  void end(CallId call) {
    execute("update call set ended_at = now() where call_id = '%s'".formatted(call));
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
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  Connection connect() throws SQLException {
    return database.connect();
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
    await(vertx.close());
  }
}
