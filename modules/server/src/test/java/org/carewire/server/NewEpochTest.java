package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's command after a restore, as a process of its own beside a node that runs. */
class NewEpochTest {
  private static Clinic clinic;

  @TempDir Path folder;

  @BeforeAll
  static void openClinic() {
    clinic = Clinic.open();
  }

  @AfterAll
  static void closeClinic() {
    clinic.close();
  }

  @Test
  void sessionsAreSentAwayAndComeBackToTheNewEpoch() throws Exception {
    String ann = newId("ann");
    String visit = clinic.visit(ann, newId("doc"));
    Map<Entrance, TestClient> sessions = new HashMap<>();
    String former = "";
    for (Entrance entrance : Entrance.values()) {
      TestClient session = clinic.connect(entrance);
      former = session.hello(Tokens.patient(ann)).get("epoch").asText();
      sessions.put(entrance, session);
    }

    String output = run(environment(), 0, "--new-epoch");

    assertThat(output).contains("The epoch was " + former).contains("1012").doesNotContain("\tat ");
    sessions.forEach(
        (entrance, session) -> {
          JsonNode shutdown = session.next("server:shutdown", Duration.ofSeconds(3));
          assertThat(shutdown.get("reason").asText()).isEqualTo("history");
          assertThat(shutdown.get("reconnectAfterMs").asLong()).isPositive();
          assertThat(session.awaitClose()).as("%s", entrance).isEqualTo(1012);
        });
    TestClient back = clinic.connect();
    String present = back.hello(Tokens.patient(ann)).get("epoch").asText();
    assertThat(present).isNotEqualTo(former);
    assertThat(output).contains("now it is " + present);
    assertThat(ok(back.request("message:history", object("visitId", visit))).get("epoch").asText())
        .isEqualTo(present);
    assertThat(audited(former, present)).isEqualTo(1);
  }

  @Test
  void whatFailsIsSaidInPlainWords() throws IOException {
    Map<String, String> environment = environment();
    environment.put("CAREWIRE_POSTGRES_DATABASE", "nobody_made_this");

    assertThat(run(environment, 1, "--new-epoch"))
        .contains("The epoch was not changed. ")
        .contains("nobody_made_this")
        .doesNotContain("\tat ");
  }

  @Test
  void demoHasNone() throws IOException {
    assertThat(run(Map.of(), 1, "--demo", "--new-epoch"))
        .contains("The demo mode has no new epoch");
  }

  @Test
  void misspeltArgumentStartsNoNode() throws IOException {
    assertThat(run(environment(), 1, "--new-epok")).contains("There is no argument \"--new-epok\"");
  }

  private String run(Map<String, String> environment, int exit, String... arguments)
      throws IOException {
    try (MainProcess command = MainProcess.run(folder, environment, arguments)) {
      assertThat(command.awaitExit()).as(command.output()).isEqualTo(exit);
      return command.output();
    }
  }

  private static int audited(String former, String present) throws SQLException {
    try (var connection = clinic.node().database().connect();
        var statement =
            connection.prepareStatement(
                "select count(*) from audit where action = 'history.newEpoch' and subject = ?")) {
      statement.setString(1, former + " to " + present);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** That of the node. */
  private Map<String, String> environment() throws IOException {
    TestPostgres.Database database = clinic.node().database();
    Path file = Files.writeString(folder.resolve("carewire.yaml"), "http:\n  host: 127.0.0.1\n");
    var environment = new HashMap<String, String>();
    environment.put("CAREWIRE_CONFIG", file.toString());
    environment.put("CAREWIRE_POSTGRES_HOST", database.host());
    environment.put("CAREWIRE_POSTGRES_PORT", Integer.toString(database.port()));
    environment.put("CAREWIRE_POSTGRES_DATABASE", database.database());
    environment.put("CAREWIRE_POSTGRES_USER", database.user());
    environment.put("CAREWIRE_POSTGRES_PASSWORD", database.password());
    environment.put("CAREWIRE_REDIS_URI", clinic.node().redisUri());
    environment.put("CAREWIRE_TOKENS_SECRET", Tokens.SECRET);
    return environment;
  }
}
