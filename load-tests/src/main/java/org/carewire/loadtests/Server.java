package org.carewire.loadtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
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
import java.util.concurrent.TimeUnit;
import org.carewire.testkit.Tokens;

/** The server as it is shipped, in a process of its own. */
final class Server implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** So high that none is ever reached: they are not what is measured. */
  private static final String NO_LIMIT = "16000000";

  private static final List<String> UNLIMITED =
      List.of(
          "MESSAGES_PER_SECOND",
          "MESSAGE_BURST",
          "REQUESTS_PER_SECOND",
          "REQUEST_BURST",
          "CONNECTIONS_PER_SECOND",
          "CONNECTION_BURST");

  private static final List<String> ALWAYS =
      List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

  private final Process process;
  private final List<String> flags;
  private final int port;
  private final URI management;
  private final HttpClient http = HttpClient.newHttpClient();

  private Server(Process process, List<String> flags, int port, int managementPort) {
    this.process = process;
    this.flags = flags;
    this.port = port;
    this.management = URI.create("http://" + HOST + ":" + managementPort);
    // Ends it where the client is ended while it still waits for the server.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
  }

  /**
   * Blocks until it is ready.
   *
   * @param folder of its configuration file and output
   * @param flags of its JVM
   */
  static Server start(Path root, Path folder, List<String> flags, int postgresPort, String redisUri)
      throws IOException, InterruptedException {
    int port = freePort();
    int managementPort = freePort();
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(ALWAYS);
    command.add("-jar");
    command.add(root.resolve("modules/server/target/carewire.jar").toString());
    var builder = new ProcessBuilder(Pinning.server(command)).redirectErrorStream(true);
    Path file = folder.resolve("carewire.yaml");
    Files.writeString(file, "# Everything is in the environment.\n");
    Map<String, String> environment = builder.environment();
    Map.of(
            "CONFIG",
            file.toString(),
            "HTTP_HOST",
            HOST,
            "HTTP_PORT",
            Integer.toString(port),
            "MANAGEMENT_PORT",
            Integer.toString(managementPort),
            "TOKENS_SECRET",
            Tokens.SECRET,
            "POSTGRES_HOST",
            HOST,
            "POSTGRES_PORT",
            Integer.toString(postgresPort),
            "POSTGRES_DATABASE",
            "postgres",
            "POSTGRES_USER",
            "postgres",
            "POSTGRES_PASSWORD",
            "postgres")
        .forEach((name, value) -> environment.put("CAREWIRE_" + name, value));
    environment.put("CAREWIRE_REDIS_URI", redisUri);
    // These the caller may set otherwise.
    UNLIMITED.forEach(name -> environment.putIfAbsent("CAREWIRE_LIMITS_" + name, NO_LIMIT));
    environment.putIfAbsent("CAREWIRE_LIMITS_LISTED_IDS", "5000");
    Path output = folder.resolve("server.log");
    var server =
        new Server(builder.redirectOutput(output.toFile()).start(), flags, port, managementPort);
    server.awaitReady(output);
    return server;
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady(Path output) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!isReady()) {
      if (System.nanoTime() > deadline || process.waitFor(100, TimeUnit.MILLISECONDS)) {
        close();
        throw new IllegalStateException("The server did not start:\n" + Files.readString(output));
      }
    }
  }

  private boolean isReady() throws InterruptedException {
    try {
      return http.send(management("/health/ready"), BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private HttpRequest management(String path) {
    return HttpRequest.newBuilder(management.resolve(path)).timeout(Duration.ofSeconds(5)).build();
  }

  /** Sessions that it knows. */
  int connections() {
    try {
      return http.send(management("/metrics"), BodyHandlers.ofLines())
          .body()
          .filter(line -> line.startsWith("carewire_connections"))
          .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.ofLiteral(HOST), port);
  }

  URI uri() {
    return URI.create("http://" + HOST + ":" + port);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String describe() {
    return "java " + System.getProperty("java.version") + " " + String.join(" ", flags);
  }

  @Override
  public void close() {
    process.destroy();
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
