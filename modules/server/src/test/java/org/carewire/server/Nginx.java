package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A real nginx with {@code deploy/nginx/carewire.conf}, in front of two nodes. */
final class Nginx implements AutoCloseable {
  private static final Path CONFIGURATION = Path.of("../../deploy/nginx/carewire.conf");
  private static final String FIRST_NODE = "server 127.0.0.1:8080 ";
  private static final String SECOND_NODE = "server 127.0.0.1:8090 ";
  private static final String LISTEN = "listen 80;";
  private static final String READY = "start worker process ";
  private static final int ATTEMPTS = 3;

  private final Process process;
  private final int port;

  private Nginx(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** The program; empty where it is not installed. */
  static Optional<Path> program() {
    return Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1)),
            Stream.of("/usr/sbin", "/usr/local/sbin"))
        .map(folder -> Path.of(folder, "nginx"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts it.
   *
   * @param folder for all that it writes
   * @param change to the configuration as users have it
   */
  static Nginx start(Path folder, List<URI> nodes, UnaryOperator<String> change) {
    AssertionError failure = new AssertionError("No nginx");
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return tryToStart(folder, nodes, change, freePort());
      } catch (AssertionError e) {
        // Somebody else may have taken the port meanwhile.
        failure = e;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw failure;
  }

  private static Nginx tryToStart(
      Path folder, List<URI> nodes, UnaryOperator<String> change, int port) throws IOException {
    String configuration = change.apply(Files.readString(CONFIGURATION));
    configuration = replace(configuration, LISTEN, "listen 127.0.0.1:" + port + ";");
    configuration = replace(configuration, FIRST_NODE, "server " + authority(nodes, 0) + " ");
    configuration = replace(configuration, SECOND_NODE, "server " + authority(nodes, 1) + " ");
    Files.writeString(folder.resolve("carewire.conf"), configuration);
    Files.writeString(folder.resolve("nginx.conf"), main());
    Process process =
        new ProcessBuilder(
                program().orElseThrow().toString(),
                "-p",
                folder.toString(),
                "-c",
                folder.resolve("nginx.conf").toString(),
                "-e",
                "stderr")
            .redirectErrorStream(true)
            .start();
    // Whatever becomes of the test.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    awaitReady(process);
    return new Nginx(process, port);
  }

  /** What stands around the file, as in the nginx.conf of a distribution. */
  private static String main() {
    return """
    user %s;
    worker_processes 1;
    daemon off;
    pid nginx.pid;
    error_log stderr notice;
    events {}
    http {
        access_log off;
        gzip on;
        gzip_proxied any;
        gzip_types application/javascript text/event-stream;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        include carewire.conf;
    }
    """
        .formatted(System.getProperty("user.name"));
  }

  private static String authority(List<URI> nodes, int index) {
    return nodes.get(index).getAuthority();
  }

  /** Replaces what is there once. */
  static String replace(String configuration, String old, String replacement) {
    if (configuration.split(Pattern.quote(old), -1).length != 2) {
      throw new AssertionError("Not once in " + CONFIGURATION + ": " + old);
    }
    return configuration.replace(old, replacement);
  }

  private static void awaitReady(Process process) throws IOException {
    var said = new StringBuilder();
    BufferedReader output = process.inputReader(UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      said.append(line).append('\n');
      if (line.contains(READY)) {
        Thread.ofVirtual().name("nginx-output").start(() -> output.lines().forEach(_ -> {}));
        return;
      }
    }
    throw new AssertionError("nginx does not start:\n" + said);
  }

  URI http() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
