package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Several nodes are as one to their clients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterTest {
  private final TestCluster cluster = TestCluster.start(3);
  private final List<TestClient> clients = new ArrayList<>();
  private final String ann = newId("ann");
  private final String doc = newId("doc");
  private final String room = "visit:" + newId("visit");

  @BeforeAll
  void openVisit() {
    ApiClient backend = ApiClient.with(cluster.node(0).http(), Tokens.service());
    Clinic.putVisit(backend, room.substring("visit:".length()), ann, doc);
  }

  @AfterEach
  void sendAllHome() {
    clients.forEach(TestClient::drop);
    clients.clear();
  }

  @AfterAll
  void close() {
    cluster.close();
  }

  private TestClient session(int node, String token, String device) {
    TestClient client = WebSocketTestClient.TRANSPORT.open(cluster.node(node).http());
    clients.add(client);
    client.hello(object("token", token, "deviceId", device));
    client.next("session:caughtUp");
    return client;
  }

  private JsonNode send(TestClient from, String text) {
    return ok(from.request("message:send", object("roomId", room, "message", text)));
  }

  @Test
  void messageComesToDevicesOnEveryNode() {
    TestClient phone = session(0, Tokens.patient(ann), "phone");
    TestClient tablet = session(1, Tokens.patient(ann), "tablet");
    TestClient desk = session(2, Tokens.provider(doc), "desk");

    long offset = send(desk, "hello").path("message").path("offset").asLong();

    assertThat(desk.next("message:sent").path("offset").asLong()).isEqualTo(offset);
    phone.next("message:new", message -> message.path("offset").asLong() == offset);
    tablet.next("message:new", message -> message.path("offset").asLong() == offset);
  }

  @Test
  void participantsAndTypingAreThoseOfTheWholeCluster() {
    TestClient phone = session(0, Tokens.patient(ann), "phone");
    TestClient desk = session(1, Tokens.provider(doc), "desk");
    ok(phone.request("room:join", object("roomId", room)));

    JsonNode joined = ok(desk.request("room:join", object("roomId", room)));

    assertThat(joined.path("participants")).hasSize(2);
    assertThat(phone.next("room:userJoined").path("userId").asText()).isEqualTo(doc);
    desk.send("typing:start", object("roomId", room));
    assertThat(phone.next("typing:start").path("userId").asText()).isEqualTo(doc);
  }

  @Test
  void sessionThatIsReplacedOnAnotherNodeIsClosed() {
    TestClient old = session(0, Tokens.patient(ann), "phone");
    TestClient fresh = WebSocketTestClient.TRANSPORT.open(cluster.node(1).http());
    clients.add(fresh);

    fresh.hello(
        object(
            "token",
            Tokens.patient(ann),
            "deviceId",
            "phone",
            "resume",
            object("socketId", old.socketId())));

    assertThat(old.awaitClose()).isEqualTo(4409);
  }

  @Test
  void messagesComeAfterRedisWasEmptied() {
    TestClient phone = session(0, Tokens.patient(ann), "phone");
    TestClient desk = session(1, Tokens.provider(doc), "desk");

    cluster.redis().clear();
    JsonNode sent = send(desk, "after the flood").path("message");

    phone.next(
        "message:new",
        message -> message.path("id").equals(sent.path("id")),
        Duration.ofSeconds(1));
  }

  @Test
  void registrationsDoNotGrowWithClients() {
    session(0, Tokens.patient(ann), "phone");
    int before = registrations();

    for (int i = 0; i < 20; i++) {
      TestClient client = session(i % 3, Tokens.provider(newId("doc")), "desk");
      ok(client.request("room:list", object()));
    }

    assertThat(registrations()).isEqualTo(before).isEqualTo(2 * 3);
  }

  private static int registrations() {
    HazelcastInstance any = Hazelcast.getAllHazelcastInstances().iterator().next();
    return any.getMultiMap("__vertx.subs").size();
  }
}
