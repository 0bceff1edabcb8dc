package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.FaultProxy;
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

/** What is seen of people whose node dies, or stands still for longer than it may. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PresenceCrashTest {
  /** The lease of the node and a second; and what other tests on the machine take. */
  private static final Duration GONE_WITHIN = Duration.ofSeconds(5 + 1 + 2);

  /** A renewal of the lease, at most, and what is written before it is taken. */
  private static final Duration BACK_WITHIN = Duration.ofSeconds(5);

  private static final int LASTING = 0;
  private static final int DYING = 1;

  private final List<TestClient> clients = new ArrayList<>();
  private ProcessCluster cluster;
  private TestClient patient;
  private String doc;
  private String nurse;
  private String locum;
  private String therapist;

  @BeforeAll
  void start(@TempDir Path folder) {
    cluster = ProcessCluster.start(folder, 2, null, Map.of());
  }

  @BeforeEach
  void aPatientWatchesFour() {
    NodeProcess dying = cluster.nodes().get(DYING);
    if (!dying.isServing()) {
      dying.start();
    }
    String ann = newId("ann");
    doc = newId("doc");
    nurse = newId("nurse");
    locum = newId("locum");
    therapist = newId("therapist");
    Clinic.putVisit(
        ApiClient.with(cluster.nodes().get(LASTING).http(), Tokens.service()),
        newId("visit"),
        ann,
        doc,
        nurse,
        locum,
        therapist);
    patient = session(LASTING, Tokens.patient(ann), "phone");
    ok(
        patient.request(
            "presence:subscribe", object("userIds", array(doc, nurse, locum, therapist))));
  }

  @AfterEach
  void sendAllHome() {
    clients.forEach(TestClient::close);
  }

  @AfterAll
  void close() {
    cluster.close();
  }

  @Test
  void whoWasAtANodeThatDiesIsOfflineUnlessTheyAreElsewhere() {
    comes(DYING, doc);
    TestClient left = comes(DYING, nurse);
    comes(DYING, locum);
    comes(DYING, therapist);
    session(LASTING, Tokens.provider(therapist), "phone");

    left.close();
    long killed = System.nanoTime();
    cluster.nodes().get(DYING).kill();
    TestClient back = session(LASTING, Tokens.provider(locum), "desk");

    for (String gone : List.of(doc, nurse)) {
      assertThat(nextOf(gone, GONE_WITHIN.minusNanos(System.nanoTime() - killed)))
          .isEqualTo("offline");
    }
    assertThat(statuses(doc, nurse, locum, therapist))
        .containsExactly("offline", "offline", "online", "online");
    // Had they been seen to go, that had been told before this.
    ok(back.request("presence:setStatus", object("status", "busy")));
    assertThat(nextOf(locum, TestClient.DEADLINE)).isEqualTo("busy");
    // The others were told of once.
    patient.expectNone("presence:changed");
  }

  @Test
  void whoWasAtANodeThatStandsStillIsOnlineAgainWhenItGoesOn() {
    TestClient desk = comes(DYING, doc);
    ok(desk.request("presence:setStatus", object("status", "busy", "customStatus", "rounds")));
    assertThat(nextOf(doc, TestClient.DEADLINE)).isEqualTo("busy");

    cluster.nodes().get(DYING).hang();
    String seen;
    try {
      seen = nextOf(doc, GONE_WITHIN);
    } finally {
      cluster.nodes().get(DYING).wakeUp();
    }

    assertThat(seen).isEqualTo("offline");
    JsonNode again = patient.next("presence:changed", is(doc), BACK_WITHIN);
    assertThat(again.path("status").asText()).isEqualTo("busy");
    assertThat(again.path("customStatus").asText()).isEqualTo("rounds");
    // By the same session.
    ok(desk.request("presence:setStatus", object("status", "online")));
    assertThat(nextOf(doc, TestClient.DEADLINE)).isEqualTo("online");
    patient.expectNone("presence:changed");
  }

  @Test
  void whatIsSetWhileRedisDoesItAndItsAnswerIsLostIsToldAllTheSame() {
    TestClient desk = comes(DYING, doc);
    comes(DYING, nurse);
    FaultProxy redis = cluster.nodes().get(DYING).redis();
    JsonNode busy = object("status", "busy");

    redis.hang(FaultProxy.Direction.TO_CLIENT);
    try {
      refused(desk.request("presence:setStatus", busy), "UNAVAILABLE");
    } finally {
      redis.resume();
    }
    while (!Replies.isOk(desk.request("presence:setStatus", busy))) {
      Thread.onSpinWait();
    }

    assertThat(nextOf(doc, TestClient.DEADLINE)).isEqualTo("busy");
  }

  /** Comes, and is seen to. */
  private TestClient comes(int node, String user) {
    TestClient client = session(node, Tokens.provider(user), "desk");
    assertThat(nextOf(user, TestClient.DEADLINE)).isEqualTo("online");
    return client;
  }

  private TestClient session(int node, String token, String device) {
    TestClient client = WebSocketTestClient.TRANSPORT.open(cluster.nodes().get(node).http());
    clients.add(client);
    client.hello(object("token", token, "deviceId", device));
    client.next("session:caughtUp");
    return client;
  }

  /** The status that the patient is told of next. */
  private String nextOf(String user, Duration limit) {
    return patient.next("presence:changed", is(user), limit).path("status").asText();
  }

  private static Predicate<JsonNode> is(String user) {
    return event -> event.path("userId").asText().equals(user);
  }

  private List<String> statuses(String... users) {
    return Replies.each(
        ok(patient.request("presence:get", object("userIds", array((Object[]) users))))
            .path("presences"),
        "status");
  }
}
