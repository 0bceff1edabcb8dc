package org.carewire.server;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.delayedExecutor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.isOk;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.carewire.server.StoredEntries.Row;
import org.carewire.testkit.PostgresProxy;
import org.carewire.testkit.PostgresProxy.Moment;
import org.carewire.testkit.PrivatePostgres;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * PostgreSQL is stopped, restarted, hung and slow, and its connections are cut in the middle of a
 * commit, under one node and the sessions of two people, which all live through it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresOutageTest {
  /** Of a service's answer, and a little. */
  private static final Duration ANSWER = Duration.ofSeconds(6);

  /** In which members learn of what was stored. */
  private static final Duration SILENCE = Duration.ofSeconds(2);

  private static final Duration RECOVERY = Duration.ofSeconds(10);

  private PrivatePostgres postgres;
  private TestPostgres.Database database;
  private PostgresProxy network;
  private Clinic clinic;
  private final String ann = newId("ann");
  private final String doc = newId("doc");
  private TestClient patient;
  private TestClient provider;
  private String room = "";
  private FaultLog faults;

  @BeforeAll
  void start(@TempDir Path folder) {
    postgres = PrivatePostgres.start(folder.resolve("postgres"));
    database = postgres.database();
    network = PostgresProxy.before(database);
    clinic =
        Clinic.open(
            Described.by(WebSocketTestClient.TRANSPORT),
            Map.of(
                "postgres.host",
                database.host(),
                "postgres.port",
                Integer.toString(network.port()),
                "postgres.database",
                database.database(),
                "postgres.user",
                database.user(),
                "postgres.password",
                database.password()));
    patient = clinic.patient(ann);
    provider = clinic.provider(doc);
  }

  @AfterAll
  void stop() {
    clinic.close();
    network.close();
    postgres.close();
  }

  @BeforeEach
  void openVisit() {
    room = "visit:" + clinic.visit(ann, doc);
    faults = FaultLog.open();
  }

  @AfterEach
  void theSameSessionsGoOnAndNothingWasAFault() {
    assertThat(ok(insist(patient, "afterwards")).at("/message/clientMessageId").asText())
        .isEqualTo("afterwards");
    provider.next("message:new", message -> named(message, "afterwards"));
    StoredEntries.of(database, room).assertNoGap();
    assertThat(provider.takeAll("message:new")).isEmpty();
    patient.takeAll("message:sent");
    faults.close();
    assertThat(faults.lines()).noneMatch(line -> line.contains("request.failed"));
  }

  @ParameterizedTest
  @EnumSource(names = {"AFTER_COMMIT", "WITHIN_ANSWER"})
  void whatWasCommittedThoughTheAnswerWasLostIsAcknowledgedAndReachesTheMembersInSilence(
      Moment moment) {
    CompletableFuture<Void> cut = network.cutAt(moment);
    CompletableFuture<JsonNode> reply = send(patient, "a");
    assertThat(cut).succeedsWithin(ANSWER);

    JsonNode came = provider.next("message:new", SILENCE);
    JsonNode sent = patient.next("message:sent", SILENCE);

    JsonNode acknowledged = ok(answer(reply)).get("message");
    assertThat(acknowledged.get("offset").asLong()).isEqualTo(1);
    assertThat(came).isEqualTo(acknowledged);
    assertThat(sent).isEqualTo(acknowledged);
    JsonNode again = ok(answer(send(patient, "a")));
    assertThat(again.path("duplicate").asBoolean()).isTrue();
    assertThat(again.get("message")).isEqualTo(acknowledged);
  }

  @ParameterizedTest
  @EnumSource(names = {"BEFORE_BEGIN", "BEFORE_COMMIT"})
  void whatWasNotCommittedIsRefusedAndStoredByItsRetry(Moment moment) {
    CompletableFuture<Void> cut = network.cutAt(moment);

    unavailable(answer(send(patient, "a")));
    assertThat(cut).isCompleted();
    assertThat(StoredEntries.of(database, room).rows()).isEmpty();
    JsonNode again = ok(insist(patient, "a"));

    assertThat(again.has("duplicate")).isFalse();
    assertThat(again.at("/message/offset").asLong()).isEqualTo(1);
    assertThat(provider.next("message:new").get("offset").asLong()).isEqualTo(1);
  }

  @Test
  void whatWasCommittedReachesTheMembersAlsoWhenTheSenderHasGivenUp() {
    CompletableFuture<Void> frozen = network.freezeAt(Moment.AFTER_COMMIT);
    CompletableFuture<JsonNode> reply = send(patient, "a");
    assertThat(frozen).succeedsWithin(ANSWER);
    unavailable(answer(reply));

    network.cut();

    assertThat(provider.next("message:new", SILENCE).get("offset").asLong()).isEqualTo(1);
    JsonNode again = ok(insist(patient, "a"));
    assertThat(again.path("duplicate").asBoolean()).isTrue();
    assertThat(again.at("/message/offset").asLong()).isEqualTo(1);
  }

  @Test
  void whileItIsHungSendsAreRefusedAndWhenItGoesOnNothingIsLostOrRepeated() {
    postgres.pause();
    try {
      CompletableFuture<JsonNode> ofPatient = send(patient, "a");
      CompletableFuture<JsonNode> ofProvider = send(provider, "b");
      unavailable(answer(ofPatient));
      unavailable(answer(ofProvider));
    } finally {
      postgres.resume();
    }

    // They were on their way, and are stored without anybody asking again.
    provider.next("message:new", message -> named(message, "a"), SILENCE);
    patient.next("message:new", message -> named(message, "b"), SILENCE);
    assertStoredOnce(List.of(insist(patient, "a"), insist(provider, "b")));
  }

  @Test
  void whileItIsSlowSendsSucceed() {
    network.delay(Duration.ofMillis(150));
    try {
      assertStoredOnce(sendAll(patient, 20));
    } finally {
      network.delay(Duration.ZERO);
    }
    assertEachCameInOrder(provider, 20);
  }

  @Test
  void whileItIsNotReachableSendsAreRefusedInTime() {
    network.refuse();
    try {
      sendAll(patient, 20).forEach(PostgresOutageTest::unavailable);
    } finally {
      network.stopRefusing();
    }

    assertStoredOnce(IntStream.range(0, 20).mapToObj(i -> insist(patient, "m" + i)).toList());
    assertEachCameInOrder(provider, 20);
  }

  @Test
  void whenItIsRestartedInABurstWhatIsRetriedIsStoredExactlyOnce() {
    List<CompletableFuture<JsonNode>> burst =
        IntStream.range(0, 300).mapToObj(i -> sendUntilStored(patient, "m" + i)).toList();
    answer(burst.getFirst());

    postgres.crash();
    try {
      unavailable(answer(send(patient, "while-it-is-down")));
    } finally {
      postgres.restart();
    }

    var replies = new ArrayList<JsonNode>();
    burst.forEach(reply -> replies.add(stored(reply)));
    replies.add(insist(patient, "while-it-is-down"));
    assertStoredOnce(replies);
    assertEachCameInOrder(provider, replies.size());
  }

  @Test
  void whenItsConnectionsAreCutAgainAndAgainWhatIsRetriedIsStoredExactlyOnce() {
    var replies = new ArrayList<JsonNode>();
    for (int round = 0; round < 5; round++) {
      String name = "r" + round + "-";
      List<CompletableFuture<JsonNode>> ofRound =
          IntStream.range(0, 25).mapToObj(i -> sendUntilStored(patient, name + i)).toList();
      if (round % 2 == 0) {
        stored(ofRound.getFirst());
      }
      network.cut();
      ofRound.forEach(reply -> replies.add(stored(reply)));
    }

    assertStoredOnce(replies);
    assertEachCameInOrder(provider, replies.size());
  }

  private CompletableFuture<JsonNode> send(TestClient client, String name) {
    return client.ask(
        "message:send",
        object("roomId", room, "message", "text of " + name, "clientMessageId", name));
  }

  /** As a client does: again when the server says so. */
  private CompletableFuture<JsonNode> sendUntilStored(TestClient client, String name) {
    return send(client, name)
        .thenCompose(
            reply ->
                isOk(reply)
                    ? completedFuture(reply)
                    : delayed(unavailable(reply)).thenCompose(_ -> sendUntilStored(client, name)));
  }

  private static CompletableFuture<Void> delayed(JsonNode refusal) {
    return CompletableFuture.runAsync(
        () -> {}, delayedExecutor(refusal.get("retryAfterMs").asLong(), TimeUnit.MILLISECONDS));
  }

  private JsonNode insist(TestClient client, String name) {
    return stored(sendUntilStored(client, name));
  }

  private List<JsonNode> sendAll(TestClient client, int count) {
    return IntStream.range(0, count).mapToObj(i -> send(client, "m" + i)).toList().stream()
        .map(PostgresOutageTest::answer)
        .toList();
  }

  private static JsonNode answer(CompletableFuture<JsonNode> reply) {
    return within(ANSWER, reply);
  }

  private static JsonNode stored(CompletableFuture<JsonNode> reply) {
    return ok(within(RECOVERY, reply));
  }

  private static JsonNode within(Duration limit, CompletableFuture<JsonNode> reply) {
    try {
      return reply.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("No such reply within " + limit, e);
    }
  }

  private static JsonNode unavailable(JsonNode reply) {
    assertThat(refused(reply, "UNAVAILABLE").path("retryAfterMs").asLong()).isPositive();
    return reply;
  }

  /** Each of the replies tells the place of its message, which is there once. */
  private void assertStoredOnce(List<JsonNode> replies) {
    StoredEntries stored = StoredEntries.of(database, room);
    stored.assertNoGap();
    assertThat(replies)
        .allSatisfy(Replies::ok)
        .extracting(reply -> reply.get("message"))
        .extracting(
            message ->
                new Row(
                    message.get("offset").asLong(),
                    message.get("senderId").asText(),
                    message.get("clientMessageId").asText()))
        .isSubsetOf(stored.rows());
    assertThat(stored.rows().stream().map(Row::clientMessageId)).doesNotHaveDuplicates();
  }

  private static void assertEachCameInOrder(TestClient client, int count) {
    for (int offset = 1; offset <= count; offset++) {
      assertThat(client.next("message:new").get("offset").asLong()).isEqualTo(offset);
    }
  }

  private static boolean named(JsonNode message, String name) {
    return message.path("clientMessageId").asText().equals(name);
  }
}
