package org.carewire.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Programs that some tests need and not every machine has. */
final class Needed {
  private Needed() {}

  /** Skips the tests of who has not got one, and says so; a build server must have it. */
  static void orSkip(String program, boolean isThere) {
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
