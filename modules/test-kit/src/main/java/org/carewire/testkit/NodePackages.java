package org.carewire.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Packages for Node that the tests of a module try the server with, and what runs in Node. They are
 * named in its {@code src/test/npm}.
 */
public final class NodePackages {
  private static final Path SOURCES = Path.of("src/test/npm");
  private static final Path FOLDER = Path.of("target/npm");
  private static final String LOCK = "package-lock.json";
  private static final Duration INSTALL_DEADLINE = Duration.ofMinutes(3);

  /**
   * How a program ended.
   *
   * @param output what it printed, both ways
   */
  public record Outcome(int status, String output) {}

  private NodePackages() {}

  /**
   * The folder of the tests with the packages that they need, fetched where they are not there yet.
   * Skips the test where there is no Node, except on a build server.
   */
  public static Path installed() throws IOException, InterruptedException {
    Needed.program("node");
    Needed.program("npm");
    Files.createDirectories(FOLDER);
    Path installedLock = FOLDER.resolve("node_modules").resolve(".package-lock.json");
    boolean isInstalled =
        Files.exists(installedLock)
            && Files.mismatch(SOURCES.resolve(LOCK), FOLDER.resolve(LOCK)) < 0;
    try (Stream<Path> sources = Files.list(SOURCES)) {
      for (Path source : sources.toList()) {
        Path copy = FOLDER.resolve(source.getFileName());
        Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    if (!isInstalled) {
      Outcome outcome = run(FOLDER, INSTALL_DEADLINE, Map.of(), "npm", "ci");
      if (outcome.status() != 0) {
        throw new AssertionError("npm ci: " + outcome.output());
      }
    }
    return FOLDER;
  }

  /** Runs a program in a folder. */
  public static Outcome run(
      Path folder, Duration deadline, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(output.toFile()).start();
    process.getOutputStream().close();
    if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
      throw new AssertionError("Not done within " + deadline + ":\n" + Files.readString(output));
    }
    String text = Files.readString(output);
    Files.delete(output);
    return new Outcome(process.exitValue(), text);
  }
}
