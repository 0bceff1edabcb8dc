package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.testkit.Json.object;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** PostgreSQL goes away and comes back: what is known of revocations holds, nobody is sent away. */
class RevocationOutageTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Pattern IN_VAIN =
      Pattern.compile(
          "carewire_requests_seconds_count\\{code=\"UNAVAILABLE\",endpoint=\"chat.readRevocations\"\\}"
              + " [2-9]");
  private static final String INVALID = "Authentication error: Invalid token";

  @TempDir Path folder;

  private final Logger log = (Logger) LoggerFactory.getLogger("org.carewire.gateway.Revocations");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private EmbeddedPostgres postgres;
  private Clinic clinic;

  @BeforeEach
  void open() throws IOException {
    postgres = server().start();
    lines.start();
    log.addAppender(lines);
    clinic =
        Clinic.open(
            Described.by(WebSocketTestClient.TRANSPORT),
            Map.of(
                "postgres.port",
                Integer.toString(postgres.getPort()),
                "postgres.database",
                "postgres"));
  }

  @AfterEach
  void close() throws IOException {
    clinic.close();
    log.detachAppender(lines);
    postgres.close();
  }

  @Test
  void whatIsKnownHoldsAndWhatIsNewIsReadAfterwards() throws Exception {
    String ann = newId("ann");
    String gone = newId("gone");
    String revoked = Tokens.patient(gone);
    TestClient session = clinic.patient(ann);
    assertThat(
            clinic
                .backend()
                .post("/users/" + gone + "/disconnect", object("reason", "left"))
                .status())
        .isEqualTo(204);

    int port = postgres.getPort();
    postgres.close();
    awaitReadsInVain();

    assertThat(clinic.connect().refusedHello(revoked).get("error").asText()).isEqualTo(INVALID);
    clinic.patient(newId("ben"));
    assertThat(
            clinic
                .backend()
                .post("/users/" + ann + "/disconnect", object("reason", "left"))
                .status())
        .isEqualTo(503);
    ask(session);

    postgres = server().setPort(port).start();
    revokeByHand(ann);

    assertThat(session.awaitClose(DEADLINE)).isEqualTo(4403);
    assertThat(DemoFolder.await(DEADLINE, () -> names().contains("revocations.readAgain")))
        .isTrue();
    assertThat(names()).containsExactly("revocations.notRead", "revocations.readAgain");
  }

  /** Its data outlive it. */
  private EmbeddedPostgres.Builder server() {
    return EmbeddedPostgres.builder()
        .setDataDirectory(folder.resolve("data"))
        .setCleanDataDirectory(false);
  }

  /** It is there, whatever the answer. */
  private static void ask(TestClient session) {
    assertThat(session.request("room:list", object()).get("code").asText())
        .isEqualTo("UNAVAILABLE");
  }

  private void revokeByHand(String userId) throws SQLException {
    try (var connection = postgres.getPostgresDatabase().getConnection();
        var statement =
            connection.prepareStatement("insert into revocation values ('default', ?, now())")) {
      statement.setString(1, userId);
      statement.execute();
    }
  }

  private void awaitReadsInVain() {
    ApiClient management = ApiClient.withoutToken(clinic.node().management());
    assertThat(
            DemoFolder.await(
                DEADLINE,
                () ->
                    IN_VAIN.matcher(management.callAnywhere("GET", "/metrics", "").text()).find()))
        .as("several reads in vain")
        .isTrue();
  }

  private List<String> names() {
    return List.copyOf(lines.list).stream().map(ILoggingEvent::getMessage).toList();
  }
}
