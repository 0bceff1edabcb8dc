package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.testkit.Json.object;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.carewire.testkit.NodePackages;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clients that others have published, as they are; their tests are in {@code src/test/npm}. */
class PublishedClientsTest {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private static Path folder = Path.of("");
  private static Clinic clinic;

  @BeforeAll
  static void openClinic() throws IOException, InterruptedException {
    folder = NodePackages.installed();
    clinic =
        Clinic.open(
            WebSocketTestClient.TRANSPORT,
            Map.of("limits.messagesPerSecond", "1", "limits.messageBurst", "60"));
  }

  @AfterAll
  static void closeClinic() {
    if (clinic != null) {
      clinic.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"websocket", "xhr-streaming", "xhr-polling", "eventsource"})
  void bridgeClientWorksOver(String transport) throws IOException, InterruptedException {
    String ann = newId("ann");
    String doc = newId("doc");
    var tokens =
        object(
            "patient",
            Tokens.patient(ann),
            "provider",
            Tokens.provider(doc),
            "stranger",
            Tokens.patient(newId("eve")));
    var situation =
        object(
            "server",
            clinic.node().http().toString(),
            "transport",
            transport,
            "visit",
            clinic.visit(ann, doc),
            "tokens",
            tokens);

    NodePackages.Outcome outcome =
        NodePackages.run(
            folder,
            DEADLINE,
            Map.of("CAREWIRE", situation.toString()),
            "node",
            "--test",
            "--test-reporter=spec",
            "bridge-client.test.js");

    assertThat(outcome.status()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("pass 11");
  }
}
