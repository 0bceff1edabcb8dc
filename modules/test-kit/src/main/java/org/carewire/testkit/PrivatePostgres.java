package org.carewire.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
