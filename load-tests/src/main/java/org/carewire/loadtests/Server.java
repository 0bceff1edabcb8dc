package org.carewire.loadtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A node as it is shipped, in a process of its own, which can be harmed and started again. */
final class Server implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(40);

  private final Installation installation;
  private final int number;
  private final Ports ports;
  private final Metrics metrics;
  private volatile Process process;

  private Server(Installation installation, int number) throws IOException {
    this.installation = installation;
    this.number = number;
    this.ports = installation.nodes().get(number);
    this.metrics = new Metrics(ports.management());
    Files.deleteIfExists(installation.output(number));
    this.process = installation.command(number).start();
    // Ends it where the client is ended while it still waits for the server.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroy()));
  }

  /**
   * Blocks until it is ready.
   *
   * @param number of the node, from 0
   */
  static Server start(Installation installation, int number)
      throws IOException, InterruptedException {
    var server = new Server(installation, number);
    server.awaitReady();
    return server;
  }

  /** Blocks until it is ready, at the ports that it had. */
  void startAgain() throws IOException, InterruptedException {
    process = installation.command(number).start();
    awaitReady();
  }

  private void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!metrics.isReady()) {
      if (System.nanoTime() > deadline || process.waitFor(100, TimeUnit.MILLISECONDS)) {
        close();
        throw new IllegalStateException(
            "The server did not start:\n" + Files.readString(installation.output(number)));
      }
    }
  }

  void kill() {
    process.destroyForcibly();
  }

  /** Leaves it hanging: what it is sent is taken by the kernel, and no more. */
  void suspend() throws IOException, InterruptedException {
    signal("STOP");
  }

  void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    if (status != 0) {
      throw new IllegalStateException("kill -" + name + " has failed");
    }
  }

  /** Asks it to end, and blocks until it has. Answers its exit code. */
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("Node " + (number + 1) + " does not stop");
    }
    return process.exitValue();
  }

  Metrics metrics() {
    return metrics;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.ofLiteral(Ports.HOST), ports.http());
  }

  URI uri() {
    return URI.create("http://" + Ports.HOST + ":" + ports.http());
  }

  long pid() {
    return process.pid();
  }

  void askToEnd() {
    process.destroy();
  }

  @Override
  public void close() {
    askToEnd();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
