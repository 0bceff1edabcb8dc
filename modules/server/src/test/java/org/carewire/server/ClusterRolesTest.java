package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import java.util.Map;
import java.util.stream.IntStream;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes that do only some of the work ask others for the rest. */
class ClusterRolesTest {
  private static final Map<String, String> CHAT = Map.of("node.roles", "chat");
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
