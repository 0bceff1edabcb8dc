package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes that do only some of the work ask others for the rest. */
class ClusterRolesTest {
  private static final Duration POLLED_EVERY = Duration.ofMillis(10);
  private static final Map<String, String> CHAT = Map.of("node.roles", "chat");
  private static final Map<String, String> PRESENCE = Map.of("node.roles", "presence");
  private static final Map<String, String> GATEWAY = Map.of("node.roles", "gateway");

  private final TestCluster cluster = TestCluster.empty(3);

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void clientsOfAGatewayAreServedByOtherNodesInTheOrderOfTheirRequests() {
    cluster.add(CHAT);
    cluster.add(CHAT);
    TestNode gateway = cluster.add(GATEWAY);
    String ann = newId("ann");
    String doc = newId("doc");
    String visit = newId("visit");
    Clinic.putVisit(ApiClient.with(gateway.http(), Tokens.service()), visit, ann, doc);
    TestClient phone = session(gateway, Tokens.patient(ann));
    TestClient desk = session(gateway, Tokens.provider(doc));

    var replies =
        IntStream.rangeClosed(1, 50)
            .mapToObj(
                i -> desk.ask("message:send", object("visitId", visit, "message", "no. " + i)))
            .toList();

    for (int i = 1; i <= 50; i++) {
      assertThat(ok(TestClient.await(replies.get(i - 1))).at("/message/offset").asInt())
          .isEqualTo(i);
      assertThat(phone.next("message:new").path("message").asText()).isEqualTo("no. " + i);
    }
    refused(
        desk.request("room:join", object("roomId", "visit:" + newId("other"))), "ACCESS_DENIED");
  }

  @Test
  void withoutANodeThatServesARequestIsRefusedForNow() {
    TestNode gateway = startedWithChat();
    TestClient desk = session(gateway, Tokens.provider(newId("doc")));

    cluster.stop(cluster.node(0));

    refused(desk.request("room:list", object()), "UNAVAILABLE");
  }

  @Test
  void whoCameBeforeThereWasANodeForPresenceIsSeenOnceThereIsOne() {
    TestNode gateway = startedWithChat();
    String ann = newId("ann");
    String doc = newId("doc");
    Clinic.putVisit(ApiClient.with(gateway.http(), Tokens.service()), newId("visit"), ann, doc);
    TestClient phone = session(gateway, Tokens.patient(ann));
    TestClient desk = session(gateway, Tokens.provider(doc));
    var users = object("userIds", List.of(ann));
    for (String event : List.of("presence:get", "presence:subscribe")) {
      refused(desk.request(event, users), "UNAVAILABLE");
    }
    refused(desk.request("presence:activity", object("idle", true)), "UNAVAILABLE");
    ok(desk.request("presence:unsubscribe", users));
    ok(desk.request("room:list", object()));

    cluster.add(PRESENCE);

    awaitOnline(desk, ann);
    ok(desk.request("presence:subscribe", users));
    ok(phone.request("presence:setStatus", object("status", "busy")));
    desk.next("presence:changed", change -> change.path("status").asText().equals("busy"));
  }

  private static void awaitOnline(TestClient asker, String user) {
    long giveUpAt = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    String status;
    do {
      LockSupport.parkNanos(POLLED_EVERY.toNanos());
      status =
          asker
              .request("presence:get", object("userIds", List.of(user)))
              .at("/presences/0/status")
              .asText();
    } while (!status.equals("online") && System.nanoTime() < giveUpAt);
    assertThat(status).isEqualTo("online");
  }

  private TestNode startedWithChat() {
    cluster.add(CHAT);
    return cluster.add(GATEWAY);
  }

  private static TestClient session(TestNode node, String token) {
    TestClient client = WebSocketTestClient.TRANSPORT.open(node.http());
    client.hello(token);
    return client;
  }
}
