package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One node of the demo's cluster, in a JVM of its own, its output in a file. However it ends, it is
 * started again, so that one may kill it. It ends with this JVM, whatever becomes of that.
 */
final class DemoNode implements AutoCloseable {
  /** Of {@link Main}: such a node, configured by the environment alone. */
  static final String ARGUMENT = "--demo-node";

  static final Duration PAUSE = Duration.ofSeconds(5);

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);
  private static final int LOG_LINES_SHOWN = 12;

  private final int number;
  private final DemoPorts.OfNode ports;
  private final Map<String, String> environment;
  private final Path log;
  private final Consumer<String> progress;
  private final HttpClient http = HttpClient.newHttpClient();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile Process process;

  private DemoNode(
      int number,
      DemoPorts.OfNode ports,
      Map<String, String> environment,
      Path log,
      Consumer<String> progress)
      throws IOException {
    this.number = number;
    this.ports = ports;
    this.environment = environment;
    this.log = log;
    this.progress = progress;
    this.process = launch();
  }

  /**
   * Starts it; {@link #awaitReady} must follow.
   *
   * @param number that users know it by
   * @param environment what is Carewire's of it
   */
  static DemoNode start(
      int number,
      DemoPorts.OfNode ports,
      Map<String, String> environment,
      Path folder,
      Consumer<String> progress) {
    Path log = folder.resolve("node-" + number + ".log");
    try {
      Files.deleteIfExists(log);
      return new DemoNode(number, ports, environment, log, progress);
    } catch (IOException e) {
      throw new StartFailure("Node " + number + " cannot be started: " + e.getMessage(), e);
    }
  }

  private Process launch() throws IOException {
    var builder =
        new ProcessBuilder(command())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().keySet().removeIf(name -> name.startsWith(Settings.ENVIRONMENT_PREFIX));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** As this JVM was started. A Ctrl-C is for this one, which then stops the nodes in order. */
  private static List<String> command() {
    var command = new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx512m"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", absoluteClassPath(), Main.class.getName(), ARGUMENT));
    return command;
  }

  private static String absoluteClassPath() {
    return String.join(
        File.pathSeparator,
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }

  /**
   * Blocks until it takes clients.
   *
   * @throws StartFailure where it does not
   */
  void awaitReady() {
    DemoFolder.await(START_LIMIT, () -> isReady() || !process.isAlive());
    if (!isReady()) {
      throw new StartFailure(
          "Node %d does not start. The end of its log %s follows.%n%s"
              .formatted(number, log, endOfLog()));
    }
  }

  private boolean isReady() {
    URI health =
        URI.create("http://" + DemoFolder.HOST + ":" + ports.management() + "/health/ready");
    try {
      return http.send(
                  HttpRequest.newBuilder(health).timeout(ANSWER_LIMIT).build(),
                  BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("The start of the demo was interrupted.", e);
    }
  }

  private String endOfLog() {
    try {
      List<String> lines = new String(Files.readAllBytes(log), UTF_8).lines().toList();
      return String.join(
          System.lineSeparator(),
          lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** From now on it is started again whenever it ends. The JVM lives until that is over. */
  void keep() {
    Thread.ofPlatform().name("node-" + number).start(this::startAgain);
  }

  private void startAgain() {
    try {
      while (true) {
        int status = process.waitFor();
        if (isStopping(Duration.ZERO)) {
          return;
        }
        progress.accept(
            "Node %d (process %d) has ended with %d. It is started again in %d s."
                .formatted(number, process.pid(), status, PAUSE.toSeconds()));
        if (isStopping(PAUSE) || !launchAgain()) {
          return;
        }
        try {
          awaitReady();
          progress.accept(
              "Node %d is ready again, as process %d.".formatted(number, process.pid()));
        } catch (StartFailure e) {
          progress.accept(e.getMessage());
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      progress.accept("Node %d cannot be started: %s".formatted(number, e.getMessage()));
    }
  }

  /** Or will be within that time, which is waited for. */
  private boolean isStopping(Duration limit) throws InterruptedException {
    return stopping.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Unless it is being stopped. */
  private synchronized boolean launchAgain() throws IOException {
    if (stopping.getCount() == 0) {
      return false;
    }
    process = launch();
    return true;
  }

  /** Users see where it is, and by which process they can kill it. */
  String describe() {
    return "Node %d    http://localhost:%d   http://localhost:%d/health/ready   process %d   %s"
        .formatted(number, ports.http(), ports.management(), process.pid(), log);
  }

  int httpPort() {
    return ports.http();
  }

  /** Asks it to end; {@link #close} waits for that. */
  synchronized void askToEnd() {
    stopping.countDown();
    process.destroy();
  }

  @Override
  public void close() {
    askToEnd();
    try {
      if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
