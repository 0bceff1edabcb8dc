package org.carewire.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import redis.embedded.RedisExecProvider;

/** The demo mode's own Redis, with its append-only file kept in a folder between runs. */
final class DemoRedis implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final int ANSWER_MILLIS = 1_000;

  private final DemoFolder folder;
  private final int port;
  private final String password;

  private DemoRedis(DemoFolder folder, int port, String password) {
    this.folder = folder;
    this.port = port;
    this.password = password;
  }

  /**
   * Blocks until commands are answered. Ends what an earlier run has left.
   *
   * @throws StartFailure also where another JVM uses the directory
   */
  static DemoRedis start(Path directory, Consumer<String> progress) {
    return DemoFolder.start(
        directory,
        folder -> {
          var redis = new DemoRedis(folder, DemoFolder.freePort(), DemoFolder.newSecret());
          progress.accept("Starting Redis …");
          redis.launch(program(folder));
          redis.awaitAnswer();
          return redis;
        });
  }

  private static Path program(DemoFolder folder) throws IOException {
    try {
      Path extracted = RedisExecProvider.defaultProvider().get().toPath();
      Path program = folder.path("redis-server");
      Files.move(extracted, program, StandardCopyOption.REPLACE_EXISTING);
      Files.delete(Objects.requireNonNull(extracted.getParent()));
      return program;
    } catch (IllegalArgumentException e) {
      throw new StartFailure(
          "The demo mode has no Redis for this kind of machine (%s): use a server of your own."
              .formatted(System.getProperty("os.arch")),
          e);
    }
  }

  private void launch(Path program) throws IOException {
    // Paths are relative, so that none has to be quoted.
    Path configuration =
        folder.writeSecret(
            "redis.conf",
            """
            bind %s
            port %d
            requirepass %s
            daemonize yes
            pidfile redis.pid
            logfile %s
            loglevel warning
            save ""
            appendonly yes
            appendfsync everysec
            """
                .formatted(DemoFolder.HOST, port, password, folder.log().getFileName()));
    folder.run(List.of(program.toString(), configuration.getFileName().toString()));
  }

  private void awaitAnswer() throws IOException {
    DemoFolder.await(START_LIMIT, () -> answers() || folder.processes().isEmpty());
    if (!answers()) {
      throw folder.failure("could not start");
    }
  }

  /** False also while it loads its data. */
  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral(DemoFolder.HOST), port), ANSWER_MILLIS);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write("AUTH %s\r\nPING\r\n".formatted(password).getBytes(US_ASCII));
      var replies = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      return "+OK".equals(replies.readLine()) && "+PONG".equals(replies.readLine());
    } catch (IOException _) {
      return false;
    }
  }

  /** Holds the password. */
  String uri() {
    return "redis://default:%s@%s:%d".formatted(password, DemoFolder.HOST, port);
  }

  /** Stops the server and waits for its end. */
  @Override
  public void close() {
    if (!folder.isOpen()) {
      return;
    }
    try (folder) {
      folder.processes().forEach(ProcessHandle::destroy);
    }
  }
}
