package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.testkit.Json.object;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.WebSocketTestClient;

/** {@link Main} in a process of its own, its output in a file. */
final class MainProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration END_LIMIT = Duration.ofSeconds(40);
  private static final Pattern READY =
      Pattern.compile("Carewire is ready: (http://localhost:\\d+) ");
  private static final Pattern MANAGEMENT = Pattern.compile("metrics: (http://localhost:\\d+)\\)");

  private final Process process;
  private final Path output;

  private MainProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Runs it with nothing else of Carewire's in the environment, in the given folder. */
  static MainProcess run(Path folder, Map<String, String> environment, String... arguments) {
    return run(absoluteClassPath(), folder, environment, arguments);
  }

  /**
   * The same.
   *
   * @param changed a folder of classes that come before ours
   */
  static MainProcess run(Path changed, Path folder, Map<String, String> environment) {
    String classPath = changed.toAbsolutePath() + File.pathSeparator + absoluteClassPath();
    return run(classPath, folder, environment);
  }

  private static MainProcess run(
      String classPath, Path folder, Map<String, String> environment, String... arguments) {
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            classPath,
            Main.class.getName());
    builder.command().addAll(List.of(arguments));
    builder.environment().keySet().removeIf(name -> name.startsWith("CAREWIRE_"));
    builder.environment().putAll(environment);
    builder.directory(folder.toFile()).redirectErrorStream(true);
    try {
      Path output = Files.createTempFile(folder, "main", ".txt");
      builder.redirectOutput(output.toFile());
      return new MainProcess(builder.start(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String absoluteClassPath() {
    return String.join(
        File.pathSeparator,
        Pattern.compile(File.pathSeparator, Pattern.LITERAL)
            .splitAsStream(System.getProperty("java.class.path"))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }

  String output() {
    try {
      return Files.readString(output, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI http() {
    return URI.create(awaitOutput(READY).group(1));
  }

  URI management() {
    return URI.create(awaitOutput(MANAGEMENT).group(1));
  }

  /** What it says, once it does. */
  Matcher awaitOutput(Pattern wanted) {
    DemoFolder.await(START_LIMIT, () -> wanted.matcher(output()).find() || !process.isAlive());
    Matcher found = wanted.matcher(output());
    assertThat(found.find()).as("%s; its output: %s", wanted, output()).isTrue();
    return found;
  }

  /** A token of a demo user. */
  String login(String email) {
    ApiClient.Answer answer =
        ApiClient.withoutToken(http())
            .toldTo(Described::check)
            .post("/auth/login", object("email", email, "password", Demo.PASSWORD));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().path("token").asText();
  }

  TestClient session(String token) {
    TestClient client = WebSocketTestClient.TRANSPORT.open(http());
    client.hello(token);
    return client;
  }

  List<ProcessHandle> children() {
    return process.children().toList();
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Stops it as it is: it keeps its connections and says nothing. */
  void pause() {
    signal("STOP");
  }

  void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Ends it without a chance to clean up. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Asks it to end, as a Ctrl-C or a service manager does. */
  void terminate() {
    process.destroy();
  }

  /** Answers the exit code, or empty where it does not end in time. */
  OptionalInt exitWithin(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
          ? OptionalInt.of(process.exitValue())
          : OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  int awaitExit() {
    try {
      assertThat(process.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS))
          .as("has ended; its output: %s", output())
          .isTrue();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    awaitExit();
  }
}
