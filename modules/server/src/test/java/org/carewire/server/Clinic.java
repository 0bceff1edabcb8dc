package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.TestTransport;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;

/** A node with the people, visits and care teams that a test asks for. */
final class Clinic implements AutoCloseable {
  private static final AtomicInteger IDS = new AtomicInteger(1_000);

  private final TestNode node;
  private final TestTransport transport;
  private final Queue<TestClient> clients = new ConcurrentLinkedQueue<>();

  private Clinic(TestNode node, TestTransport transport) {
    this.node = node;
    this.transport = transport;
  }

  static Clinic open(TestTransport transport, Map<String, String> settings) {
    return new Clinic(settings.isEmpty() ? TestNode.start() : TestNode.start(settings), transport);
  }

  /** For tests of what does not depend on the transport. */
  static Clinic open() {
    return open(Described.by(WebSocketTestClient.TRANSPORT), Map.of());
  }

  TestNode node() {
    return node;
  }

  /** An id that nobody has; those made of words of one length are of one length. */
  static String newId(String word) {
    return word + "-" + IDS.incrementAndGet();
  }

  /** A connection that has not said hello. */
  TestClient connect(Map<String, String> headers) {
    return connect(transport, headers);
  }

  /** The same, by another entrance. */
  TestClient connect(Entrance entrance) {
    return connect(entrance.transport(), Map.of());
  }

  TestClient connect(Entrance entrance, Map<String, String> headers) {
    return connect(entrance.transport(), headers);
  }

  private TestClient connect(TestTransport from, Map<String, String> headers) {
    TestClient client = from.open(node.http(), headers);
    clients.add(client);
    return client;
  }

  TestClient connect() {
    return connect(Map.of());
  }

  /** A session. */
  TestClient session(String token) {
    TestClient client = connect();
    client.hello(token);
    return client;
  }

  TestClient session(String token, String deviceId) {
    TestClient client = connect();
    client.hello(object("token", token, "deviceId", deviceId));
    return client;
  }

  TestClient patient(String userId) {
    return session(Tokens.patient(userId));
  }

  TestClient provider(String userId) {
    return session(Tokens.provider(userId));
  }

  TestClient admin(String userId) {
    return session(Tokens.admin(userId));
  }

  ApiClient api(String token) {
    return ApiClient.with(node.http(), token).toldTo(Described::check);
  }

  /** The application's own backend. */
  ApiClient backend() {
    return api(Tokens.service());
  }

  /** A new visit. Answers its id. */
  String visit(String patientId, String providerId, String... others) {
    String visitId = newId("visit");
    putVisit(backend(), visitId, patientId, providerId, others);
    return visitId;
  }

  /** Makes the visit, or replaces it. The others take part as providers. */
  static void putVisit(
      ApiClient api, String visitId, String patientId, String providerId, String... others) {
    ArrayNode participants = array();
    for (String other : others) {
      participants.add(object("userId", other, "role", "provider"));
    }
    var visit =
        object("patientId", patientId, "providerId", providerId, "participants", participants);
    assertThat(api.put("/visits/" + visitId, visit).status()).isIn(200, 201);
  }

  /** A new care team. Answers its id. */
  String group(String... members) {
    String groupId = newId("group");
    var answer = backend().put("/groups/" + groupId, object("members", List.of(members)));
    assertThat(answer.status()).isEqualTo(201);
    return groupId;
  }

  /** Ends all sessions. */
  void sendAllHome() {
    for (TestClient client = clients.poll(); client != null; client = clients.poll()) {
      client.drop();
    }
  }

  @Override
  public void close() {
    sendAllHome();
    node.close();
  }
}
