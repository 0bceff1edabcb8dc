package org.carewire.loadtests;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** A PostgreSQL that waits for its disk, with an empty database. */
final class Database implements AutoCloseable {
  private final EmbeddedPostgres server;
  private final long pid;

  private Database(EmbeddedPostgres server, long pid) {
    this.server = server;
    this.pid = pid;
  }

  static Database start(Path directory) throws IOException {
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setDataDirectory(directory)
            .setCleanDataDirectory(true)
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("shared_buffers", "512MB")
            .setServerConfig("min_wal_size", "2GB")
            .setServerConfig("max_wal_size", "4GB")
            .setServerConfig("max_connections", "100")
            .start();
    long pid = Long.parseLong(Files.readAllLines(directory.resolve("postmaster.pid")).getFirst());
    var database = new Database(server, pid);
    database.fillLog();
    return database;
  }

  /**
   * Brings the write-ahead log to where it is on a server that has run for a while: its files are
   * there to be used again. Otherwise each new one is first filled with zeros, for 100 ms.
   */
  private void fillLog() {
    execute(
        "select count(pg_logical_emit_message(false, 'fill', repeat('x', 1000000)))"
            + " from generate_series(1, 1500)");
    execute("checkpoint");
    execute("checkpoint");
  }

  void execute(String sql) {
    try (var connection = server.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return server.getPort();
  }

  long pid() {
    return pid;
  }

  String describe() {
    return "PostgreSQL "
        + show("server_version")
        + ", fsync "
        + show("fsync")
        + ", synchronous_commit "
        + show("synchronous_commit")
        + ", shared_buffers "
        + show("shared_buffers");
  }

  /** Transactions until a second ago, as it gathers them for so long. */
  long committed() {
    return Long.parseLong(
        ask("select xact_commit from pg_stat_database where datname = current_database()"));
  }

  private String show(String setting) {
    return ask("show " + setting);
  }

  private String ask(String sql) {
    try (var connection = server.getPostgresDatabase().getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
