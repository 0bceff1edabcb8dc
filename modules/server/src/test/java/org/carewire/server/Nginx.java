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
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** A real nginx with {@code deploy/nginx/carewire.conf}, in front of nodes. */
final class Nginx implements AutoCloseable {
  private static final String READY = "start worker process ";
  private static final int ATTEMPTS = 3;

  private final Process process;
  private final int port;

  private Nginx(Process process, int port) {
    this.process = process;
    this.port = port;
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
    List<String> authorities = nodes.stream().map(URI::getAuthority).toList();
    Files.writeString(
        folder.resolve("carewire.conf"),
        NginxConfiguration.site(change.apply(NginxConfiguration.shipped()), port, authorities));
    Files.writeString(
        folder.resolve("nginx.conf"), NginxConfiguration.main(false, "stderr", "carewire.conf"));
    Process process =
        new ProcessBuilder(
                NginxConfiguration.program().orElseThrow().toString(),
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

  /** Replaces what is there once. */
  static String replace(String configuration, String old, String replacement) {
    if (configuration.split(Pattern.quote(old), -1).length != 2) {
      throw new AssertionError("Not once in the configuration: " + old);
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
