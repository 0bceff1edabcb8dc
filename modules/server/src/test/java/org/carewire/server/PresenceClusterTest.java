package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
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

/** Who is there, with those who are and those who watch on different nodes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PresenceClusterTest {
  /** The grace, and a little. */
  private static final Duration GONE_WITHIN = Duration.ofSeconds(7);

  private static final Duration WHOLE_WITHIN = Duration.ofSeconds(5);
  private static final Duration POLLED_EVERY = Duration.ofMillis(50);

  private final TestCluster cluster = TestCluster.empty(3);
  private final List<TestClient> clients = new ArrayList<>();
  private String ann = "";
  private String doc = "";
  private String visit = "";

  @BeforeAll
  void startTwoNodes() {
    cluster.add(Map.of());
    cluster.add(Map.of());
  }

  @BeforeEach
  void aVisit() {
    ann = newId("ann");
    doc = newId("doc");
    visit = newId("visit");
    Clinic.putVisit(ApiClient.with(cluster.node(0).http(), Tokens.service()), visit, ann, doc);
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
  void whatHappensOnOneNodeIsSeenOnTheOther() {
    TestClient patient = watching(0, Tokens.patient(ann), doc);

    TestClient desk = session(1, Tokens.provider(doc), "desk");
    nextStatus(patient, "online");
    ok(desk.request("presence:setStatus", object("status", "busy", "customStatus", "rounds")));
    assertThat(nextStatus(patient, "busy").path("customStatus").asText()).isEqualTo("rounds");
    TestClient phone = session(0, Tokens.provider(doc), "phone");
    ok(phone.request("presence:setStatus", object("status", "away")));
    nextStatus(patient, "away");
    assertThat(desk.next("presence:statusUpdated", is("status", "away")).path("userId").asText())
        .isEqualTo(doc);
  }

  @Test
  void whoMovesToAnotherNodeInTimeNeverWasAway() {
    TestClient patient = watching(0, Tokens.patient(ann), doc);
    TestClient desk = session(1, Tokens.provider(doc), "desk");
    nextStatus(patient, "online");

    desk.close();
    TestClient again = session(0, Tokens.provider(doc), "desk");
    ok(again.request("presence:setStatus", object("status", "busy")));
    nextStatus(patient, "busy");
    again.close();

    // The next thing that is told is that nobody came back the second time.
    assertThat(next(patient).path("status").asText()).isEqualTo("offline");
  }

  @Test
  void whatANodeLeavesThatIsStoppedIsGoneInTime() {
    TestNode stopping = cluster.add(Map.of());
    TestClient patient = watching(0, Tokens.patient(ann), doc);
    session(stopping, Tokens.provider(doc), "desk");
    nextStatus(patient, "online");

    cluster.stop(stopping);

    assertThat(next(patient).path("status").asText()).isEqualTo("offline");
    JsonNode presence = presence(patient, doc);
    assertThat(presence.path("isOnline").asBoolean(true)).isFalse();
    assertThat(presence.path("lastSeen").asText()).isNotEmpty();
  }

  @Test
  void fromAnEmptiedRedisThePictureIsMadeAnewAndNobodySeesAnyoneGo() {
    TestClient patient = watching(0, Tokens.patient(ann), doc);
    TestClient desk = session(1, Tokens.provider(doc), "desk");
    TestClient phone = session(0, Tokens.provider(doc), "phone");
    nextStatus(patient, "online");
    ok(desk.request("presence:setStatus", object("status", "busy", "customStatus", "rounds")));
    nextStatus(patient, "busy");
    phone.next("presence:statusUpdated");
    desk.close();

    cluster.redis().clear();

    JsonNode presence = wholeAgain(patient, doc);
    assertThat(presence.path("status").asText()).isEqualTo("busy");
    assertThat(presence.path("customStatus").asText()).isEqualTo("rounds");
    patient.expectNone("presence:changed");
    phone.close();
    assertThat(next(patient).path("status").asText()).isEqualTo("offline");
  }

  @Test
  void whenAUserWasLastSeenOutlivesAnEmptiedRedis() {
    TestClient patient = watching(0, Tokens.patient(ann), doc);
    session(1, Tokens.provider(doc), "desk").close();
    JsonNode gone = patient.next("presence:changed", is("status", "offline"), GONE_WITHIN);
    awaitLastSeenStored(doc);

    cluster.redis().clear();

    JsonNode presence = wholeAgain(patient, doc);
    assertThat(presence.path("status").asText()).isEqualTo("offline");
    assertThat(presence.path("lastSeen")).isEqualTo(gone.path("lastSeen"));
  }

  @Test
  void whoGoesWhileRedisIsAwayIsOfflineWhenItIsBack() {
    TestClient patient = watching(0, Tokens.patient(ann), doc);
    TestClient desk = session(1, Tokens.provider(doc), "desk");
    nextStatus(patient, "online");

    cluster.redis().stop();
    JsonNode refused = patient.request("presence:get", object("userIds", array(doc)));
    refused(refused, "UNAVAILABLE");
    assertThat(refused.path("retryable").asBoolean()).isTrue();
    desk.close();
    cluster.redis().start();

    assertThat(next(patient).path("status").asText()).isEqualTo("offline");
    assertThat(presence(patient, ann).path("status").asText()).isEqualTo("online");
  }

  @Test
  void whoIsTakenOffTheVisitIsToldNothingMore() {
    TestClient patient = watching(0, Tokens.patient(ann), doc);
    TestClient desk = session(1, Tokens.provider(doc), "desk");
    nextStatus(patient, "online");

    Clinic.putVisit(
        ApiClient.with(cluster.node(1).http(), Tokens.service()), visit, newId("ann"), doc);
    refusedSoon(patient);
    TestClient admin = session(0, Tokens.admin(newId("root")), "console");
    ok(admin.request("presence:subscribe", object("userIds", array(doc))));
    ok(desk.request("presence:setStatus", object("status", "busy")));
    nextStatus(admin, "busy");

    // Whoever of the node watches still has been told by then.
    patient.expectNone("presence:changed");
  }

  private void refusedSoon(TestClient patient) {
    refused(patient.request("presence:get", object("userIds", array(doc))), "ACCESS_DENIED");
  }

  private TestClient session(int node, String token, String device) {
    return session(cluster.node(node), token, device);
  }

  private TestClient session(TestNode node, String token, String device) {
    TestClient client = WebSocketTestClient.TRANSPORT.open(node.http());
    clients.add(client);
    client.hello(object("token", token, "deviceId", device));
    client.next("session:caughtUp");
    return client;
  }

  private TestClient watching(int node, String token, String user) {
    TestClient client = session(node, token, "phone");
    ok(client.request("presence:subscribe", object("userIds", array(user))));
    assertThat(client.next("presence:initial").path("presences").path(0).path("status").asText())
        .isEqualTo("offline");
    return client;
  }

  private static JsonNode nextStatus(TestClient watcher, String status) {
    JsonNode changed = watcher.next("presence:changed");
    assertThat(changed.path("status").asText()).isEqualTo(status);
    return changed;
  }

  private static JsonNode next(TestClient watcher) {
    return watcher.next("presence:changed", GONE_WITHIN);
  }

  private static JsonNode presence(TestClient client, String user) {
    return ok(client.request("presence:get", object("userIds", array(user))))
        .path("presences")
        .path(0);
  }

  private static Predicate<JsonNode> is(String field, String value) {
    return event -> event.path(field).asText().equals(value);
  }

  /** Is done lazily, some time after the user has gone. */
  private void awaitLastSeenStored(String user) {
    long end = System.nanoTime() + TestClient.DEADLINE.toNanos();
    while (!isLastSeenStored(user)) {
      assertThat(System.nanoTime()).as("stored in time").isLessThan(end);
      LockSupport.parkNanos(POLLED_EVERY.toNanos());
    }
  }

  private boolean isLastSeenStored(String user) {
    try (var connection = cluster.database().connect();
        var query = connection.prepareStatement("select from last_seen where user_id = ?")) {
      query.setString(1, user);
      return query.executeQuery().next();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Asks until it is told. */
  private static JsonNode wholeAgain(TestClient client, String user) {
    long end = System.nanoTime() + WHOLE_WITHIN.toNanos();
    JsonNode reply = client.request("presence:get", object("userIds", array(user)));
    while (!Replies.isOk(reply)) {
      refused(reply, "UNAVAILABLE");
      assertThat(System.nanoTime()).as("whole in time").isLessThan(end);
      LockSupport.parkNanos(POLLED_EVERY.toNanos());
      reply = client.request("presence:get", object("userIds", array(user)));
    }
    return reply.path("presences").path(0);
  }
}
