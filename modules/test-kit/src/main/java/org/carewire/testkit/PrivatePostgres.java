package org.carewire.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real PostgreSQL of its own for a test that takes it away. What it has committed outlives its
 * processes, though not the machine.
 */
public final class PrivatePostgres implements AutoCloseable {
  private final Path folder;
  private final int port;
  private EmbeddedPostgres server;

  private PrivatePostgres(Path folder) {
    this.folder = folder;
    this.server = launch(0);
    this.port = server.getPort();
  }

  /**
   * Starts one.
   *
   * @param folder for its data, which is there or will be
   */
  public static PrivatePostgres start(Path folder) {
    return new PrivatePostgres(folder);
  }

  private EmbeddedPostgres launch(int at) {
    try {
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setDataDirectory(folder)
              .setCleanDataDirectory(false)
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("max_connections", "100");
      return at == 0 ? builder.start() : builder.setPort(at).start();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not start", e);
    }
  }

  /**
   * Starts a standby of it, for which this one is restarted. What is committed from then on is on
   * the standby too before that is answered.
   *
   * @param standbyFolder for its data
   */
  public PrivatePostgres standby(Path standbyFolder) {
    close();
    copy(folder, standbyFolder);
    try {
      Files.createFile(standbyFolder.resolve("standby.signal"));
      Files.writeString(
          standbyFolder.resolve("postgresql.auto.conf"),
          "primary_conninfo = 'host=127.0.0.1 port=%d user=postgres'\n".formatted(port),
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server = launch(port);
    var standby = new PrivatePostgres(standbyFolder);
    execute("alter system set synchronous_standby_names = '*'", "select pg_reload_conf()");
    execute(
        """
        do $$ begin
          while not exists (select from pg_stat_replication where sync_state = 'sync') loop
            perform pg_sleep(0.02);
            perform pg_stat_clear_snapshot();
          end loop;
        end $$
        """);
    return standby;
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a standby the primary, and waits until it is. */
  public void promote() {
    execute("select pg_promote()");
  }

  /** Makes it one that can only be read, or can be written to again. */
  public void readOnly(boolean only) {
    execute(
        "alter system set default_transaction_read_only = " + (only ? "on" : "off"),
        "select pg_reload_conf()");
  }

  /** Commits wait for no standby any more. */
  public void commitAlone() {
    execute("alter system reset synchronous_standby_names", "select pg_reload_conf()");
  }

  private void execute(String... statements) {
    try (var connection = database().connect();
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  public TestPostgres.Database database() {
    return new TestPostgres.Database("127.0.0.1", port, "postgres", "postgres", "postgres");
  }

  /** Ends it in its immediate mode, which is as good as a crash. */
  public void crash() {
    ProcessHandle postmaster = postmaster();
    signal("QUIT", Stream.of(postmaster));
    postmaster.onExit().join();
  }

  /** After a crash; on the same port and with what was committed. */
  public void restart() {
    // It is dead; this frees its folder.
    close();
    server = launch(port);
  }

  /** Stops it as it is: it keeps its connections and says nothing. */
  public void pause() {
    signal("STOP", processes());
  }

  public void resume() {
    signal("CONT", processes());
  }

  private Stream<ProcessHandle> processes() {
    ProcessHandle postmaster = postmaster();
    return Stream.concat(Stream.of(postmaster), postmaster.children());
  }

  private ProcessHandle postmaster() {
    try {
      long pid = Long.parseLong(Files.readAllLines(folder.resolve("postmaster.pid")).getFirst());
      return ProcessHandle.of(pid).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void signal(String name, Stream<ProcessHandle> processes) {
    List<String> pids = processes.map(process -> Long.toString(process.pid())).toList();
    try {
      var command = Stream.concat(Stream.of("kill", "-" + name), pids.stream()).toList();
      if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
        throw new IllegalStateException("Not signalled: " + pids);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw EventInbox.interrupted(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
