package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.ApiClient.Answer;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code POST /users/{userId}/disconnect}: who may say it, to whom, and what is left of them. */
class DisconnectTest {
  private static final Duration AT_ONCE = Duration.ofSeconds(1);
  private static final Duration WITHOUT_BEING_TOLD = Duration.ofSeconds(2);
  private static final ObjectNode REASON = object("reason", "left the practice");

  private static Clinic clinic;
  private static ApiClient backend;

  private final String ann = newId("ann");

  @BeforeAll
  static void openClinic() {
    clinic = Clinic.open();
    backend = clinic.backend();
  }

  @AfterAll
  static void closeClinic() {
    clinic.close();
  }

  @AfterEach
  void sendAllHome() {
    clinic.sendAllHome();
  }

  @Test
  void serviceAndAdminMay() {
    for (String token : List.of(Tokens.service(), Tokens.admin(newId("wes")))) {
      String user = newId("ann");
      TestClient session = clinic.patient(user);

      Answer answer = disconnect(clinic.api(token), user);

      assertThat(answer.status()).isEqualTo(204);
      assertThat(answer.text()).isEmpty();
      assertThat(session.awaitClose(AT_ONCE)).isEqualTo(4403);
    }
  }

  @Test
  void othersMayNotEvenThemselves() {
    TestClient session = clinic.patient(ann);

    for (String token : List.of(Tokens.patient(ann), Tokens.provider(newId("doc")))) {
      assertProblem(disconnect(clinic.api(token), ann), 403, "ACCESS_DENIED");
    }

    session.fence();
  }

  @Test
  void nobodyIsRefused() {
    assertProblem(
        disconnect(ApiClient.withoutToken(clinic.node().http()), ann), 401, "UNAUTHENTICATED");
  }

  @Test
  void reasonIsRequiredAndLimited() {
    TestClient session = clinic.patient(ann);
    String path = "/users/" + ann + "/disconnect";

    for (ObjectNode bad :
        List.of(
            object(),
            object("reason", ""),
            object("reason", " \n"),
            object("reason", 5),
            object("reason", "x".repeat(201)))) {
      Answer answer = backend.post(path, bad);
      assertProblem(answer, 400, "BAD_REQUEST");
      assertThat(answer.json().path("field").asText()).isEqualTo("reason");
    }
    assertProblem(backend.post(path, object("reason", "x".repeat(801))), 413, "TOO_LARGE");
    assertProblem(backend.post("/users/a%20b/disconnect", REASON), 400, "BAD_REQUEST");
    session.fence();

    assertThat(backend.post(path, object("reason", "x".repeat(200))).status()).isEqualTo(204);
  }

  @Test
  void itMayBeSaidAgainAndOfUnknownUsers() {
    String nobody = newId("nobody");

    assertThat(disconnect(backend, nobody).status()).isEqualTo(204);
    assertThat(disconnect(backend, nobody).status()).isEqualTo(204);
  }

  @Test
  void everySessionOfTheUserEndsAndNoOther() {
    List<TestClient> hers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      hers.add(clinic.session(Tokens.patient(ann), "device-" + i));
    }
    TestClient another = clinic.patient(newId("ann"));
    TestClient namesake = clinic.session(Tokens.of(ann).tenant("elsewhere").sign());

    assertThat(disconnect(backend, ann).status()).isEqualTo(204);

    assertThat(hers).allSatisfy(one -> assertThat(one.awaitClose(AT_ONCE)).isEqualTo(4403));
    another.fence();
    namesake.fence();
    clinic.session(Tokens.of(ann).tenant("elsewhere").sign()).fence();
  }

  @Test
  void backendOfAnotherTenantReachesNobodyHere() {
    TestClient here = clinic.patient(ann);
    TestClient there = clinic.session(Tokens.of(ann).tenant("elsewhere").sign());
    ApiClient backendThere =
        clinic.api(Tokens.of("backend").role("service").tenant("elsewhere").sign());

    assertThat(disconnect(backendThere, ann).status()).isEqualTo(204);

    assertThat(there.awaitClose(AT_ONCE)).isEqualTo(4403);
    here.fence();
    clinic.patient(ann).fence();
  }

  @Test
  void revokedTokenIsRefusedOverHttpAndThatIsRecorded() throws SQLException {
    String visit = "/visits/" + clinic.visit(ann, newId("doc"));
    ApiClient patient = clinic.api(Tokens.patient(ann));
    assertThat(patient.get(visit).status()).isEqualTo(200);
    int failures = count("action = 'authentication.failed'");

    disconnect(backend, ann);

    Answer answer = patient.get(visit);
    assertProblem(answer, 401, "UNAUTHENTICATED");
    assertThat(answer.json().get("detail").asText())
        .isEqualTo("Authentication error: Invalid token");
    assertThat(
            DemoFolder.await(
                Duration.ofSeconds(5),
                () -> countQuietly("action = 'authentication.failed'") == failures + 1))
        .isTrue();
    ApiClient later = clinic.api(Tokens.of(ann).issuedAt(Instant.now().plusSeconds(20)).sign());
    assertThat(later.get(visit).status()).isEqualTo(200);
  }

  @Test
  void adminWhoDisconnectsHerselfIsOut() {
    ApiClient admin = clinic.api(Tokens.admin(ann));

    assertThat(disconnect(admin, ann).status()).isEqualTo(204);

    assertProblem(disconnect(admin, ann), 401, "UNAUTHENTICATED");
  }

  @Test
  void nothingOfWhatIsSaidAfterwardsIsSentToHer() {
    String doc = newId("doc");
    String room = "visit:" + clinic.visit(ann, doc);
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);

    disconnect(backend, ann);
    patient.awaitClose(AT_ONCE);
    ok(provider.request("message:send", object("roomId", room, "message", "hello")));

    provider.next("message:sent");
    assertThat(patient.takeAll("message:new")).isEmpty();
  }

  @Test
  void reasonIsKeptInTheAuditLog() throws SQLException {
    disconnect(backend, ann);
    disconnect(backend, ann);

    assertThat(
            count(
                "action = 'user.disconnected' and tenant_id = 'default' and actor_id = 'backend'"
                    + " and concerns_id = '"
                    + ann
                    + "' and reason = 'left the practice'"))
        .isEqualTo(2);
  }

  @Test
  void revocationByAnotherProgramIsNoticed() throws SQLException {
    TestClient session = clinic.patient(ann);
    TestClient another = clinic.patient(newId("ann"));

    execute(
        "insert into revocation (tenant_id, user_id, revoked_at) values ('default', '"
            + ann
            + "', now())");

    assertThat(session.awaitClose(WITHOUT_BEING_TOLD)).isEqualTo(4403);
    another.fence();
  }

  @Test
  void revocationThatCommitsLateIsNoticed() throws SQLException {
    TestClient session = clinic.patient(ann);
    try (Connection connection = clinic.node().database().connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(
          "insert into revocation (tenant_id, user_id, revoked_at) values ('default', '"
              + ann
              + "', now())");
      // By then the gateways have asked for what is later than this.
      String later = newId("later");
      TestClient second = clinic.patient(later);
      execute(
          "insert into revocation (tenant_id, user_id, revoked_at) values ('default', '"
              + later
              + "', now())");
      assertThat(second.awaitClose(WITHOUT_BEING_TOLD)).isEqualTo(4403);
      session.fence();
      connection.commit();
    }

    assertThat(session.awaitClose(WITHOUT_BEING_TOLD)).isEqualTo(4403);
  }

  @Test
  void otherNodesNoticeAndNewNodesKnowFromTheirStart() {
    String token = Tokens.patient(ann);
    try (TestNode other = TestNode.start(sameDatabase())) {
      TestClient session = session(other, token);

      disconnect(backend, ann);

      assertThat(session.awaitClose(WITHOUT_BEING_TOLD)).isEqualTo(4403);
    }
    try (TestNode later = TestNode.start(sameDatabase())) {
      TestClient refused = WebSocketTestClient.TRANSPORT.open(later.http());

      assertThat(refused.refusedHello(token).get("error").asText())
          .isEqualTo("Authentication error: Invalid token");
    }
  }

  private static TestClient session(TestNode node, String token) {
    TestClient client = Described.by(WebSocketTestClient.TRANSPORT).open(node.http());
    client.hello(token);
    return client;
  }

  private static Map<String, String> sameDatabase() {
    TestPostgres.Database database = clinic.node().database();
    return Map.of("postgres.database", database.database());
  }

  private static Answer disconnect(ApiClient api, String userId) {
    return api.post("/users/" + userId + "/disconnect", REASON);
  }

  private static void assertProblem(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.json().get("code").asText()).isEqualTo(code);
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = clinic.node().database().connect();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }

  private static int countQuietly(String condition) {
    try {
      return count(condition);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static int count(String condition) throws SQLException {
    try (Connection connection = clinic.node().database().connect();
        PreparedStatement statement =
            connection.prepareStatement("select count(*) from audit where " + condition);
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
