package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.Needed;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo mode with three nodes and nginx, as processes of their own. */
class DemoClusterTest {
  private static final String VISIT = "visit:" + DemoData.FIRST_VISIT;
  private static final Duration A_FEW_SECONDS = Duration.ofSeconds(10);

  /** All sessions come to the same node with a probability of 3 to the power of minus this. */
  private static final int ATTEMPTS = 20;

  private static final Pattern NODE =
      Pattern.compile("Node (\\d) .* (http://localhost:\\d+)/health/ready +process (\\d+)");
  private static final Pattern CONNECTIONS =
      Pattern.compile("(?m)^carewire_connections(?:\\{.*})? (\\d+)");

  @TempDir static Path folder;

  /** As the banner has it. */
  private record Shown(String number, URI management, long process) {
    int connections() {
      ApiClient.Answer metrics =
          ApiClient.withoutToken(management).callAnywhere("GET", "/metrics", "");
      return CONNECTIONS
          .matcher(metrics.text())
          .results()
          .mapToInt(result -> Integer.parseInt(result.group(1)))
          .sum();
    }
  }

  private record Seat(Shown node, TestClient client) {}

  @BeforeAll
  static void needNginx() {
    Needed.orSkip("nginx", NginxConfiguration.program().isPresent());
  }

  /** Only what a failed test has left. */
  @AfterEach
  void endServers() {
    List<ProcessHandle> left = left();
    left.forEach(ProcessHandle::destroyForcibly);
    assertThat(DemoFolder.await(A_FEW_SECONDS, () -> left().isEmpty())).isTrue();
  }

  @Test
  void twoUsersOfDifferentNodesGoOnWhenOneNodeIsKilled() {
    try (MainProcess demo = MainProcess.run(folder, environment(), "--demo-cluster")) {
      URI balancer = demo.http();
      List<Shown> nodes = nodes(demo.output());
      String patientToken = demo.login("patient@example.com");
      Seat patient = seat(nodes, balancer, patientToken);
      String providerToken = demo.login("provider@example.com");
      Seat provider = seatElsewhere(patient.node(), nodes, balancer, providerToken);

      assertThat(told(patient.client(), provider.client(), "before")).isTrue();

      assertThat(ProcessHandle.of(patient.node().process()).orElseThrow().destroyForcibly())
          .isTrue();
      patient.client().awaitClose();
      long missed = send(provider.client(), "meanwhile").path("offset").asLong();

      TestClient again = open(balancer, patientToken);
      again.next("message:new", message -> message.path("offset").asLong() == missed);
      again.next("session:caughtUp");
      assertThat(told(again, provider.client(), "afterwards")).isTrue();
      assertThat(told(provider.client(), again, "and back")).isTrue();

      demo.awaitOutput(Pattern.compile("Node " + patient.node().number() + " is ready again"));
      demo.terminate();
      assertThat(demo.awaitExit()).isZero();
      assertThat(left()).isEmpty();
    }
  }

  @Test
  void nodesEndWithTheProcessThatStartedThem() throws InterruptedException {
    try (MainProcess demo = MainProcess.run(folder, environment(), "--demo-cluster")) {
      demo.awaitOutput(Pattern.compile("Starting node 2"));
      List<ProcessHandle> nodes = demo.children();
      assertThat(nodes).isNotEmpty();

      demo.kill();

      assertThat(
              DemoFolder.await(
                  A_FEW_SECONDS, () -> nodes.stream().noneMatch(ProcessHandle::isAlive)))
          .isTrue();
    }
  }

  @Test
  void whatTheDemoSetsItselfIsRefused() {
    Map<String, String> environment = environment();
    environment.put("CAREWIRE_CLUSTER_PORT", "7000");
    try (MainProcess demo = MainProcess.run(folder, environment, "--demo-cluster")) {
      assertThat(demo.awaitExit()).isEqualTo(1);
      assertThat(demo.output()).contains("unset CAREWIRE_CLUSTER_PORT");
    }
  }

  private static List<Shown> nodes(String banner) {
    var nodes = new ArrayList<Shown>();
    Matcher matcher = NODE.matcher(banner);
    while (matcher.find()) {
      nodes.add(
          new Shown(
              matcher.group(1), URI.create(matcher.group(2)), Long.parseLong(matcher.group(3))));
    }
    assertThat(nodes).hasSize(3);
    return nodes;
  }

  /** A session through the balancer, on a node that is known. */
  private static Seat seat(List<Shown> nodes, URI balancer, String token) {
    List<Integer> before = nodes.stream().map(Shown::connections).toList();
    TestClient client = open(balancer, token);
    client.next("session:caughtUp");
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).connections() > before.get(i)) {
        return new Seat(nodes.get(i), client);
      }
    }
    throw new AssertionError("No node has the session");
  }

  private static Seat seatElsewhere(Shown not, List<Shown> nodes, URI balancer, String token) {
    for (int i = 0; i < ATTEMPTS; i++) {
      Seat seat = seat(nodes, balancer, token);
      if (!seat.node().equals(not)) {
        return seat;
      }
      seat.client().close();
    }
    throw new AssertionError("All sessions come to one node");
  }

  private static TestClient open(URI balancer, String token) {
    TestClient client = WebSocketTestClient.TRANSPORT.open(balancer);
    client.hello(object("token", token, "deviceId", "phone"));
    return client;
  }

  private static boolean told(TestClient from, TestClient to, String text) {
    String id = send(from, text).path("id").asText();
    return to.next("message:new", message -> message.path("id").asText().equals(id))
        .path("message")
        .asText()
        .equals(text);
  }

  private static JsonNode send(TestClient from, String text) {
    return ok(from.request("message:send", object("roomId", VISIT, "message", text)))
        .path("message");
  }

  private static Map<String, String> environment() {
    return new HashMap<>(
        Map.of("CAREWIRE_HTTP_PORT", "0", "CAREWIRE_DEMO_DATA", folder.resolve("data").toString()));
  }

  /** Of PostgreSQL, Redis and nginx, by the folder that their programs are in. */
  private static List<ProcessHandle> left() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").startsWith(folder.toString()))
        .toList();
  }
}
