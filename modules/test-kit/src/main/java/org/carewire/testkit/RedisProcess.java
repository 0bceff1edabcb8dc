package org.carewire.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import redis.embedded.RedisExecProvider;

/** A redis-server in a process of its own, as a server, a sentinel or a node of a cluster. */
public final class RedisProcess implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int ANSWER_MS = 1_000;
  private static final long POLL_MS = 20;

  private final int port;
  private final String password;
  private final Path folder;
  private final Process process;

  private RedisProcess(int port, String password, Path folder, Process process) {
    this.port = port;
    this.password = password;
    this.folder = folder;
    this.process = process;
  }

  /**
   * Starts one and waits until it answers.
   *
   * @param password that it asks for; empty for none
   * @param configuration what its configuration file says, but port and folder
   * @param arguments of the program, after the file
   */
  static RedisProcess start(String password, String configuration, String... arguments) {
    int port = freePort();
    try {
      Path own = Files.createTempDirectory("carewire-redis");
      Path file =
          Files.writeString(
              own.resolve("redis.conf"),
              "bind 127.0.0.1\nport %d\ndir %s\n%s".formatted(port, own, configuration));
      var command = new ArrayList<>(List.of(Program.PATH.toString(), file.toString()));
      command.addAll(List.of(arguments));
      Process process =
          new ProcessBuilder(command)
              .directory(own.toFile())
              .redirectErrorStream(true)
              .redirectOutput(own.resolve("log").toFile())
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      var redis = new RedisProcess(port, password, own, process);
      redis.await("its answer", redis::answers);
      return redis;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A server that keeps nothing. */
  static RedisProcess server(String password, String configuration) {
    String passwords =
        password.isEmpty() ? "" : "requirepass %1$s\nmasterauth %1$s\n".formatted(password);
    return start(
        password,
        "save \"\"\nappendonly no\nrepl-diskless-sync-delay 0\n" + passwords + configuration);
  }

  public int port() {
    return port;
  }

  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** Sends a command; answers the first line, or the text where the answer is one. */
  public String command(String command) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MS);
      socket.setSoTimeout(ANSWER_MS);
      var reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      if (!password.isEmpty()) {
        write(socket, "AUTH " + password);
        reader.readLine();
      }
      write(socket, command);
      String line = String.valueOf(reader.readLine());
      if (!line.startsWith("$") || line.equals("$-1")) {
        return line;
      }
      var text = new char[Integer.parseInt(line.substring(1))];
      for (int read = 0; read < text.length; ) {
        read += reader.read(text, read, text.length - read);
      }
      return new String(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  private boolean answers() {
    try {
      return command("PING").equals("+PONG");
    } catch (UncheckedIOException _) {
      return false;
    }
  }

  /** Waits until the answer to a command holds something. */
  void awaitAnswer(String command, String part) {
    await(part, () -> command(command).contains(part));
  }

  private void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        throw new IllegalStateException("Redis at " + port + ": no " + what);
      }
      try {
        process.waitFor(Duration.ofMillis(POLL_MS));
      } catch (InterruptedException e) {
        throw EventInbox.interrupted(e);
      }
    }
  }

  /** Ends it at once, and waits for that. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Stops it as it is: it keeps its connections and says nothing. */
  public void pause() {
    PrivatePostgres.signal("STOP", Stream.of(process.toHandle()));
  }

  public void resume() {
    PrivatePostgres.signal("CONT", Stream.of(process.toHandle()));
  }

  /** Ends it, and leaves nothing of it. */
  @Override
  public void close() {
    kill();
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Program {
    static final Path PATH = unpack();

    private static Path unpack() {
      try {
        return RedisExecProvider.defaultProvider().get().toPath();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
