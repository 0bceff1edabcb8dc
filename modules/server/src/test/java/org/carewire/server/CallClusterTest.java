package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Calling.accept;
import static org.carewire.server.Calling.end;
import static org.carewire.server.Calling.hold;
import static org.carewire.server.Calling.ofCall;
import static org.carewire.server.Calling.ring;
import static org.carewire.server.Calling.signal;
import static org.carewire.server.Calling.the;
import static org.carewire.server.Calling.to;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.isOk;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
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

/** Calls of people whose sessions are on different nodes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CallClusterTest {
  private static final int MANY = 50;
  private static final int TIMES = 5;
  private static final Duration REJOIN = Duration.ofSeconds(2);

  /** What is left to nodes that live is done 3 s late at most. */
  private static final Duration LATE = Duration.ofSeconds(3);

  private final TestCluster cluster =
      TestCluster.empty(4, Map.of("calls.rejoinTimeout", REJOIN.toMillis() + "ms"));
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
    clients.forEach(TestClient::drop);
    clients.clear();
  }

  @AfterAll
  void close() {
    cluster.close();
  }

  @Test
  void wholeCallOfTwoOnDifferentNodes() {
    TestClient patient = session(0, Tokens.patient(ann));
    TestClient phone = session(1, Tokens.provider(doc));
    TestClient tablet = session(0, Tokens.provider(doc));

    String call = ring(patient, to(doc).put("visitId", visit));
    patient.next("call:ringing");
    assertThat(phone.next("call:incoming")).isEqualTo(tablet.next("call:incoming"));
    accept(phone, call);
    patient.next("call:accepted");
    tablet.next("call:answeredElsewhere");
    List<CompletableFuture<JsonNode>> replies = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      replies.add(patient.ask("call:signal", signal(call, doc, "p" + i)));
      replies.add(phone.ask("call:signal", signal(call, ann, "d" + i)));
    }
    replies.forEach(reply -> ok(TestClient.await(reply)));
    for (int i = 0; i < MANY; i++) {
      assertThat(phone.next("call:signal").get("signal").asText()).isEqualTo("p" + i);
      assertThat(patient.next("call:signal").get("signal").asText()).isEqualTo("d" + i);
    }
    ok(patient.request("call:media", the(call).put("audio", false)));
    assertThat(phone.next("call:media").get("audio").asBoolean()).isFalse();
    end(patient, call);

    for (TestClient client : List.of(patient, phone, tablet)) {
      client.next("call:ended");
      assertThat(client.next("message:new").at("/metadata/call/callId").asText()).isEqualTo(call);
      for (String once : List.of("call:incoming", "call:accepted", "call:signal", "call:ended")) {
        client.expectNone(once);
      }
    }
  }

  @Test
  void ofTwoDevicesOnTwoNodesThatAcceptAtTheSameMomentOneIsInTheCall() {
    TestClient patient = session(0, Tokens.patient(ann));
    TestClient phone = session(0, Tokens.provider(doc));
    TestClient tablet = session(1, Tokens.provider(doc));
    for (int i = 0; i < TIMES; i++) {
      String call = ring(patient, to(doc));
      phone.next("call:incoming", ofCall(call));
      tablet.next("call:incoming", ofCall(call));

      CompletableFuture<JsonNode> one = phone.ask("call:accept", the(call));
      CompletableFuture<JsonNode> other = tablet.ask("call:accept", the(call));

      boolean isPhone = isOk(TestClient.await(one));
      ok(TestClient.await(isPhone ? one : other));
      refused(TestClient.await(isPhone ? other : one), "WRONG_STATE");
      patient.next("call:accepted", ofCall(call));
      patient.expectNone("call:accepted");
      end(patient, call);
    }
  }

  @Test
  void twoOnTwoNodesWhoCallEachOtherAtTheSameMomentAreInOneCall() {
    TestClient patient = session(0, Tokens.patient(ann));
    TestClient provider = session(1, Tokens.provider(doc));
    for (int i = 0; i < TIMES; i++) {
      CompletableFuture<JsonNode> one = patient.ask("call:initiate", to(doc));
      CompletableFuture<JsonNode> other = provider.ask("call:initiate", to(ann));

      List<JsonNode> replies =
          Stream.of(one, other).map(TestClient::await).map(Replies::ok).toList();

      assertThat(each(replies, "callId").stream().distinct()).hasSize(1);
      assertThat(each(replies, "status")).containsExactlyInAnyOrder("ringing", "accepted");
      String call = replies.getFirst().get("callId").asText();
      end(patient, call);
      patient.next("call:ended", ofCall(call));
      provider.next("call:ended", ofCall(call));
    }
  }

  @Test
  void whoLosesTheConnectionComesBackOnTheOtherNode() {
    TestClient patient = session(0, Tokens.patient(ann));
    TestClient provider = session(1, Tokens.provider(doc));
    String call = hold(patient, to(doc), provider);

    provider.drop();
    TestClient back = session(0, Tokens.provider(doc));
    Calling.rejoin(back, call);

    patient.next("call:participantJoined", ofCall(call, doc));
    ok(patient.request("call:signal", signal(call, doc, "x")));
    back.next("call:signal");
    patient.drop();
    TestClient patientBack = session(1, Tokens.patient(ann));
    Calling.rejoin(patientBack, call);
    back.next("call:participantJoined", ofCall(call, ann));
    ok(back.request("call:signal", signal(call, ann, "y")));
    patientBack.next("call:signal");
    back.expectNone("call:participantLeft");
  }

  @Test
  void callOutlivesTheNodeThatOneOfThemWasOn() {
    TestNode stopping = cluster.add(Map.of());
    TestClient patient = session(0, Tokens.patient(ann));
    TestClient provider = session(stopping, Tokens.provider(doc));
    String call = hold(patient, to(doc), provider);
    // It is held by the node that goes, in every sense: it was the last to change it.
    ok(provider.request("call:media", the(call).put("screen", true)));

    cluster.stop(stopping);
    TestClient back = session(1, Tokens.provider(doc));
    Calling.rejoin(back, call);

    patient.next("call:participantJoined", ofCall(call, doc));
    ok(back.request("call:signal", signal(call, ann, "x")));
    patient.next("call:signal");
    patient.expectNone("call:participantLeft");
  }

  @Test
  void whoDoesNotComeBackFromAStoppedNodeIsOutOnTime() {
    String bob = newId("bob");
    String gil = newId("gil");
    Clinic.putVisit(
        ApiClient.with(cluster.node(0).http(), Tokens.service()), newId("visit"), bob, gil);
    TestNode stopping = cluster.add(Map.of());
    TestClient patient = session(0, Tokens.patient(ann));
    TestClient provider = session(stopping, Tokens.provider(doc));
    String call = hold(patient, to(doc), provider);
    TestClient caller = session(stopping, Tokens.patient(bob));
    TestClient rung = session(1, Tokens.provider(gil));
    String ringing = ring(caller, to(gil));
    rung.next("call:incoming");

    cluster.stop(stopping);
    long stopped = System.nanoTime();

    JsonNode left = patient.next("call:participantLeft", ofCall(call), REJOIN.plus(LATE));
    assertThat(left).isEqualTo(object("callId", call, "userId", doc, "reason", "connection_lost"));
    assertThat(patient.next("call:ended").get("reason").asText()).isEqualTo("connection_lost");
    rung.next("call:ended", ofCall(ringing), REJOIN.plus(LATE));
    assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(REJOIN.plus(LATE));
    assertThat(Calling.newest(rung).get("status").asText()).isEqualTo("failed");
    patient.expectNone("call:ended");
  }

  private TestClient session(int node, String token) {
    return session(cluster.node(node), token);
  }

  private TestClient session(TestNode node, String token) {
    TestClient client = Described.by(WebSocketTestClient.TRANSPORT).open(node.http(), Map.of());
    clients.add(client);
    client.hello(token);
    return client;
  }
}
