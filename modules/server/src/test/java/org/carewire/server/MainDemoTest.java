package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo mode as processes of its own, started, killed and stopped. */
class MainDemoTest {
  private static final Duration A_FEW_SECONDS = Duration.ofSeconds(10);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(40);
  private static final String PATIENT = "patient@example.com";
  private static final String PROVIDER = "provider@example.com";
  private static final String VISIT = "visit:" + DemoData.FIRST_VISIT;

  /** Shared, so that the programs are unpacked and the database made only once. */
  @TempDir static Path folder;

  /** Only what a failed test has left. */
  @AfterEach
  void endServers() {
    List<ProcessHandle> left = serversIn(folder);
    left.forEach(ProcessHandle::destroyForcibly);
    assertThat(DemoFolder.await(A_FEW_SECONDS, () -> serversIn(folder).isEmpty())).isTrue();
  }

  @Test
  void whatWasSaidIsThereAfterAKill() throws Exception {
    String text = "Said before the kill";
    String id;
    String token;
    try (MainProcess killed = demo()) {
      token = killed.login(PATIENT);
      TestClient patient = killed.session(token);
      TestClient provider = killed.session(killed.login(PROVIDER));
      JsonNode sent = ok(patient.request("message:send", object("roomId", VISIT, "message", text)));
      id = sent.path("message").path("id").asText();
      assertThat(provider.next("message:new").path("message").asText()).isEqualTo(text);
      killed.kill();
      patient.close();
      provider.close();
    }

    try (MainProcess next = demo()) {
      // The token that was given out before is still good.
      ApiClient.Answer answer =
          ApiClient.with(next.http(), token).get("/rooms/" + VISIT + "/messages");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(each(answer.json().path("messages"), "id")).contains(id);
      assertThat(each(answer.json().path("messages"), "message")).contains(text);
      next.terminate();
      next.awaitExit();
    }
  }

  @Test
  void anEndThatIsAskedForSendsSessionsAwayAndLeavesNothing() {
    try (MainProcess demo = demo()) {
      TestClient patient = demo.session(demo.login(PATIENT));
      assertThat(serversIn(folder)).isNotEmpty();

      demo.terminate();

      JsonNode shutdown = patient.next("server:shutdown");
      assertThat(shutdown.path("reconnectAfterMs").asLong()).isPositive();
      assertThat(shutdown.path("reason").asText()).isNotBlank();
      assertThat(patient.awaitClose()).isEqualTo(1012);
      demo.awaitExit();
      assertThat(serversIn(folder)).isEmpty();
    }
  }

  @Test
  void anEndDuringTheStartLeavesNothing() {
    try (MainProcess demo = demo()) {
      assertThat(DemoFolder.await(STOP_LIMIT, () -> !serversIn(folder).isEmpty())).isTrue();
      demo.terminate();
      demo.awaitExit();
      assertThat(serversIn(folder)).isEmpty();
    }
  }

  @Test
  void aTakenPortIsSaidWithItsNumberAndItsKeyAndLeavesNothing() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      for (String section : List.of("http", "management")) {
        String variable = "CAREWIRE_" + section.toUpperCase(Locale.ROOT) + "_PORT";
        var environment = environment(folder);
        environment.put(variable, Integer.toString(port));
        try (var demo = MainProcess.run(folder, environment, "--demo")) {
          assertThat(demo.awaitExit()).isEqualTo(1);
          assertThat(demo.output())
              .contains("Carewire cannot start. Port " + port + " ")
              .contains(section + ".port")
              .contains(variable)
              .doesNotContain("\tat ");
        }
        assertThat(serversIn(folder)).isEmpty();
      }
    }
  }

  @Test
  void aSecondCopyRunsBesideItWithMessagesOfItsOwn(@TempDir Path otherFolder) {
    try (MainProcess one = demo();
        MainProcess other = MainProcess.run(otherFolder, environment(otherFolder), "--demo")) {
      TestClient patient = one.session(one.login(PATIENT));
      TestClient otherPatient = other.session(other.login(PATIENT));

      ok(patient.request("message:send", object("roomId", VISIT, "message", "Only here")));

      JsonNode history = ok(otherPatient.request("message:history", object("roomId", VISIT)));
      assertThat(history.path("messages")).isEmpty();
      assertThat(ApiClient.with(other.http(), one.login(PATIENT)).get("/visits/visit-1").status())
          .as("with a token of the other copy")
          .isEqualTo(401);
      one.terminate();
      other.terminate();
      one.awaitExit();
      other.awaitExit();
      assertThat(serversIn(otherFolder)).isEmpty();
    }
  }

  @Test
  void aFolderInUseIsRefusedAndTheFirstCopyGoesOn() {
    try (MainProcess first = demo()) {
      TestClient patient = first.session(first.login(PATIENT));

      try (MainProcess second = demo()) {
        assertThat(second.awaitExit()).isEqualTo(1);
        assertThat(second.output()).contains("Another Carewire").contains(folder.toString());
      }

      ok(patient.request("message:send", object("roomId", VISIT, "message", "Still here")));
      first.terminate();
      first.awaitExit();
    }
  }

  @Test
  void theManagementPortAnswersHealthAndMetrics() {
    try (MainProcess demo = demo()) {
      var management = ApiClient.withoutToken(demo.management());
      for (String path : List.of("/health/live", "/health/ready", "/metrics")) {
        assertThat(management.callAnywhere("GET", path, "").status()).as(path).isEqualTo(200);
      }
      demo.terminate();
      demo.awaitExit();
    }
  }

  private static MainProcess demo() {
    return MainProcess.run(folder, environment(folder), "--demo");
  }

  private static Map<String, String> environment(Path data) {
    return new HashMap<>(
        Map.of(
            "CAREWIRE_HTTP_PORT",
            "0",
            "CAREWIRE_MANAGEMENT_PORT",
            "0",
            "CAREWIRE_DEMO_DATA",
            data.resolve("data").toString()));
  }

  private static List<ProcessHandle> serversIn(Path directory) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").startsWith(directory.toString()))
        .toList();
  }
}
