package org.carewire.server;

import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.FaultProxy;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What one node cannot reach keeps nothing from its clients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterFaultsTest {
  private static final Duration FOUND_WITHIN = Duration.ofSeconds(10);

  private final TestCluster cluster = TestCluster.empty(2);
  private final FaultProxy redis = FaultProxy.before(cluster.redis().port());
  private final FaultProxy bus = FaultProxy.before(cluster.nextBusPort());
  private final String ann = newId("ann");
  private final String doc = newId("doc");
  private final String visit = newId("visit");
  private TestNode cutOff;
  private TestNode other;

  @BeforeAll
  void start() {
    cutOff =
        cluster.add(
            Map.of(
                "redis.uri",
                "redis://127.0.0.1:" + redis.port(),
                "cluster.publicHost",
                "127.0.0.1",
                "cluster.publicPort",
                Integer.toString(cluster.nextPort()),
                "cluster.publicBusPort",
                Integer.toString(bus.port())));
    other = cluster.add(Map.of());
    Clinic.putVisit(ApiClient.with(other.http(), Tokens.service()), visit, ann, doc);
  }

  @AfterAll
  void close() {
    cluster.close();
    redis.close();
    bus.close();
  }

  @Test
  void whoComesToANodeWithoutRedisIsSentWhatOthersSay() {
    TestClient desk = session(other, Tokens.provider(doc), newId("desk"));
    redis.hang();
    try {
      TestClient phone = WebSocketTestClient.TRANSPORT.open(cutOff.http());
      phone.hello(object("token", Tokens.patient(ann), "deviceId", newId("phone")));
      phone.next("session:caughtUp", FOUND_WITHIN);

      awaitMessage(phone, send(desk));
    } finally {
      redis.resume();
    }
  }

  @Test
  void whatTheBusHasLostIsFoundInTheLog() {
    TestClient desk = session(other, Tokens.provider(doc), newId("desk"));
    TestClient phone = session(cutOff, Tokens.patient(ann), newId("phone"));
    bus.refuse();
    JsonNode lost;
    try {
      lost = send(desk);
      awaitMessage(phone, lost);
    } finally {
      bus.stopRefusing();
    }

    awaitMessage(phone, send(desk));
  }

  private static TestClient session(TestNode node, String token, String device) {
    TestClient client = WebSocketTestClient.TRANSPORT.open(node.http());
    client.hello(object("token", token, "deviceId", device));
    client.next("session:caughtUp");
    return client;
  }

  private JsonNode send(TestClient from) {
    return ok(from.request("message:send", object("visitId", visit, "message", "hello")))
        .path("message");
  }

  private static void awaitMessage(TestClient client, JsonNode sent) {
    client.next("message:new", message -> message.path("id").equals(sent.path("id")), FOUND_WITHIN);
  }
}
