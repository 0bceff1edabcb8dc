package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Calling.ofCall;
import static org.carewire.server.Calling.ring;
import static org.carewire.server.Calling.the;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of notifications whose node dies at one of the steps: before so many are stored, or
 * after that, before anybody is told. Nodes have classes in which a step ends the process where a
 * file of its name is there. While one is to die, the other one is stopped where it could be first.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NotificationCrashTest {
  private static final int LASTING = 0;
  private static final int DYING = 1;
  private static final int SUBSCRIBERS = 1_500;

  /** Until the others know that a node is dead, and have done what it left. */
  private static final Duration LATE = Duration.ofSeconds(10);

  /** As promised, and what a machine that is busy takes to tell it. */
  private static final Duration PUNCTUAL = Duration.ofSeconds(1).plusMillis(500);

  private final List<TestClient> clients = new ArrayList<>();
  private ProcessCluster cluster;
  private String ann;
  private TestClient phone;
  private TestClient onDying;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    Path classes = folder.resolve("classes");
    plant(classes, "InboxStore", "return connection\n        .preparedQuery(ADD)", "before-store-");
    plant(
        classes,
        "Inbox",
        "metrics\n        .counter(\"carewire.notifications.stored\"",
        "before-tell-");
    cluster =
        ProcessCluster.start(
            folder, 2, classes, Map.of("CAREWIRE_NOTIFICATIONS_MESSAGE_UNSEEN_AFTER", "1s"));
  }

  /** The process ends there, once, where a file of that name and number is in its folder. */
  private static void plant(Path classes, String className, String expression, String file)
      throws IOException {
    String number = className.equals("Inbox") ? "notices.size()" : "news.size()";
    ChangedClass.compile(
        classes,
        "notifications",
        "org.carewire.notifications." + className,
        expression,
        "if (new java.io.File(\"%s\" + %s).delete()) Runtime.getRuntime().halt(137); %s"
            .formatted(file, number, expression));
  }

  @BeforeEach
  void somebodyWhoIsThere() {
    NodeProcess dying = cluster.nodes().get(DYING);
    if (!dying.isServing()) {
      dying.start();
    }
    ann = newId("ann");
    phone = session(LASTING, ann);
    onDying = session(DYING, newId("other"));
  }

  @AfterEach
  void sendAllHome() {
    clients.forEach(TestClient::close);
    clients.clear();
  }

  @AfterAll
  void close() {
    cluster.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"before-store-1", "before-tell-1"})
  void postThatIsRepeatedElsewhereIsStoredOnce(String step) {
    String key = newId("key");
    plan(step);

    assertThat(
            diesOf(() -> backend(DYING).and("Idempotency-Key", key).post("/notifications", to())))
        .isTrue();

    ApiClient.Answer answer =
        backend(LASTING).and("Idempotency-Key", key).post("/notifications", to());
    assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    JsonNode told = phone.next("notification:new", LATE);
    assertThat(told.get("id")).isEqualTo(answer.json().get("ids").get(0));
    assertHasOne(ann);
  }

  @Test
  void whatIsToBeSentLaterIsSentInTimeWithoutTheNodeThatTookIt() {
    Instant sendAt = Instant.now().plusSeconds(2);
    var answer = backend(DYING).post("/notifications", to().put("sendAt", sendAt.toString()));
    assertThat(answer.status()).as(answer.text()).isEqualTo(202);

    cluster.nodes().get(DYING).kill();

    JsonNode told = phone.next("notification:new", LATE);
    assertThat(told.get("id")).isEqualTo(answer.json().get("ids").get(0));
    assertThat(Instant.parse(told.get("timestamp").asText()))
        .isBetween(sendAt.minusMillis(1), sendAt.plus(PUNCTUAL));
    assertThat(Instant.now()).isBefore(sendAt.plus(PUNCTUAL));
    assertHasOne(ann);
  }

  @ParameterizedTest
  @ValueSource(strings = {"before-store-1", "before-tell-1"})
  void whatIsToBeSentLaterIsSentOnceWhenTheNodeDiesOfIt(String step) {
    var answer =
        backend(DYING)
            .post("/notifications", to().put("sendAt", Instant.now().plusSeconds(2).toString()));
    assertThat(answer.status()).as(answer.text()).isEqualTo(202);

    diesAlone(step);

    JsonNode told = phone.next("notification:new", LATE);
    assertThat(told.get("id")).isEqualTo(answer.json().get("ids").get(0));
    assertHasOne(ann);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"before-store-1000", "before-tell-1000", "before-store-500", "before-tell-500"})
  void everySubscriberHasWhatATopicIsToldOnceWhereverTheNodeDies(String step) {
    String topic = newId("topic");
    // In the first part; all others are not there.
    execute(
        """
        insert into topic_subscription (tenant_id, topic, user_id)
        select 'default', '%1$s', case when i = 1 then '%2$s' else 'z%1$s-' || i end
        from generate_series(1, %3$d) i
        """
            .formatted(topic, ann, SUBSCRIBERS));
    var answer =
        backend(DYING)
            .post(
                "/topics/" + topic + "/notifications",
                content().put("sendAt", Instant.now().plusSeconds(2).toString()));
    assertThat(answer.status()).as(answer.text()).isEqualTo(202);

    diesAlone(step);

    phone.next("notification:new", LATE);
    String done =
        "select count(*) from notification_post where topic = '%s' and done_at is not null"
            .formatted(topic);
    assertThat(DemoFolder.await(LATE, () -> number(done) == 1)).isTrue();
    assertThat(
            number(
                """
                select count(*) from entry
                where kind = 'notification' and content ->> 'topic' = '%s'
                """
                    .formatted(topic)))
        .isEqualTo(SUBSCRIBERS);
    assertThat(
            number(
                "select count(*) from inbox where unread = 1 and (user_id = '%s' or user_id like 'z%s-%%')"
                    .formatted(ann, topic)))
        .isEqualTo(SUBSCRIBERS);
    assertHasOne(ann);
  }

  @ParameterizedTest
  @ValueSource(strings = {"before-store-1", "before-tell-1"})
  void memberIsNotifiedOfAMessageOnceWhenTheNodeDiesOfIt(String step) {
    String doc = newId("doc");
    String visit = newId("visit");
    Clinic.putVisit(backend(LASTING), visit, ann, doc);
    TestClient sender = session(DYING, doc);
    ok(
        sender.request(
            "message:send", object("roomId", "visit:" + visit, "message", "How are you?")));

    diesAlone(step);

    JsonNode told = phone.next("notification:new", LATE);
    assertThat(told.get("type").asText()).isEqualTo("message_received");
    assertThat(told.at("/data/roomId").asText()).isEqualTo("visit:" + visit);
    assertHasOne(ann);
    assertThat(notifications(doc)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"before-store-1", "before-tell-1"})
  void calleeIsNotifiedOfAMissedCallOnceWhenTheNodeDiesOfIt(String step) {
    String doc = newId("doc");
    String visit = newId("visit");
    Clinic.putVisit(backend(LASTING), visit, ann, doc);
    TestClient caller = session(DYING, doc);
    String call = ring(caller, Calling.to(ann).put("visitId", visit));
    phone.next("call:incoming", ofCall(call));
    plan(step);

    caller.send("call:end", the(call));
    caller.awaitClose();
    cluster.nodes().get(DYING).kill();

    phone.next("call:ended", ofCall(call), LATE);
    JsonNode told = phone.next("notification:new", LATE);
    assertThat(told.get("type").asText()).isEqualTo("call_missed");
    assertThat(told.at("/data/callId").asText()).isEqualTo(call);
    String untold = "select count(*) from call_effect where call_id = '%s'".formatted(call);
    assertThat(DemoFolder.await(LATE, () -> number(untold) == 0)).isTrue();
    assertHasOne(ann);
  }

  /** The node that is to die does so while the other one does nothing. */
  private void diesAlone(String step) {
    NodeProcess lasting = cluster.nodes().get(LASTING);
    lasting.hang();
    try {
      plan(step);
      onDying.awaitClose();
      cluster.nodes().get(DYING).kill();
    } finally {
      lasting.wakeUp();
    }
  }

  private void plan(String step) {
    try {
      Files.createFile(cluster.nodes().get(DYING).folder().resolve(step));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a request is not answered, as the node has died of it. */
  private boolean diesOf(Runnable request) {
    try {
      request.run();
      return false;
    } catch (UncheckedIOException e) {
      cluster.nodes().get(DYING).kill();
      return true;
    }
  }

  private ObjectNode to() {
    return content().put("userId", ann);
  }

  private static ObjectNode content() {
    return object(
        "type", "lab_results_ready", "priority", "high", "title", "Results", "message", "Ready");
  }

  private ApiClient backend(int node) {
    return ApiClient.with(cluster.nodes().get(node).http(), Tokens.service());
  }

  private TestClient session(int node, String user) {
    TestClient client = WebSocketTestClient.TRANSPORT.open(cluster.nodes().get(node).http());
    clients.add(client);
    client.hello(object("token", Tokens.patient(user), "deviceId", "phone"));
    client.next("session:caughtUp");
    return client;
  }

  /** One is stored, was told once, and counted. */
  private void assertHasOne(String user) {
    phone.expectNone("notification:new");
    JsonNode reply = ok(phone.request("notification:getUnreadCount", object()));
    assertThat(reply.get("unreadCount").asInt()).isEqualTo(1);
    assertThat(notifications(user)).isEqualTo(1);
  }

  private long notifications(String user) {
    return number(
        """
        select count(*) from entry e
        join room r on r.key = e.room_key
        join notification n on n.room_key = e.room_key and n."offset" = e."offset"
        where r.room_id = 'notifications:%s'
        """
            .formatted(user));
  }

  private long number(String sql) {
    try (Connection connection = cluster.database().connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private void execute(String sql) {
    try (Connection connection = cluster.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
