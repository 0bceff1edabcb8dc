package org.carewire.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs that some tests need and not every machine has. */
public final class Needed {
  private Needed() {}

  /** Where the program is; skips the tests of who has not got it, as {@link #orSkip} does. */
  public static Path program(String name) {
    Optional<Path> path =
        Stream.concat(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1)),
                Stream.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
    orSkip(name, path.isPresent());
    return path.orElseThrow();
  }

  /** Skips the tests of who has not got one, and says so; a build server must have it. */
  public static void orSkip(String program, boolean isThere) {
    if (isThere) {
      return;
    }
    String skipped = program + " is not installed: what needs it is not tested";
    if (Boolean.parseBoolean(System.getenv("CI"))) {
      throw new AssertionError(skipped);
    }
    assumeTrue(false, skipped);
  }
}
