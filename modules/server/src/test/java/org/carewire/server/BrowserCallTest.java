package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.testkit.Json.object;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.carewire.testkit.Needed;
import org.carewire.testkit.NodePackages;
import org.junit.jupiter.api.Test;

/** Real browsers in real WebRTC calls; what they do is in {@code src/test/npm}. */
class BrowserCallTest {
  private static final Duration DEADLINE = Duration.ofMinutes(3);

  @Test
  void browsersHoldCallsThroughTheServer() throws IOException, InterruptedException {
    Path program = Needed.program("chromium");
    Path folder = NodePackages.installed();
    try (TestNode node = TestNode.startDemo()) {
      var situation =
          object(
              "server",
              node.http().toString(),
              "program",
              program.toString(),
              "password",
              Demo.PASSWORD);

      NodePackages.Outcome outcome =
          NodePackages.run(
              folder,
              DEADLINE,
              Map.of("CAREWIRE", situation.toString()),
              "node",
              "--test",
              "--test-reporter=spec",
              "browser-call.test.js");

      assertThat(outcome.status()).as(outcome.output()).isZero();
      assertThat(outcome.output()).contains("pass 3");
    }
  }
}
