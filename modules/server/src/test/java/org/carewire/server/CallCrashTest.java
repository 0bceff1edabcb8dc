package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Calling.accept;
import static org.carewire.server.Calling.end;
import static org.carewire.server.Calling.hold;
import static org.carewire.server.Calling.ofCall;
import static org.carewire.server.Calling.rejoin;
import static org.carewire.server.Calling.ring;
import static org.carewire.server.Calling.the;
import static org.carewire.server.Calling.to;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.carewire.server.StoredCalls.StoredCall;
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

/**
 * What becomes of calls whose node dies at one of the steps of a change, or between two changes.
 * Nodes have classes in which a step ends the process where a file of its name is there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CallCrashTest {
  private static final Duration RINGS = Duration.ofSeconds(6);
  private static final Duration REJOINS = Duration.ofSeconds(3);

  /** How late the others may be; and what other tests on the machine take. */
  private static final Duration LATE = Duration.ofSeconds(3 + 1);

  /** Until the others know that a node is dead, and believe it. */
  private static final Duration NOTICED = Duration.ofSeconds(4);

  private static final int LASTING = 0;
  private static final int DYING = 1;

  private final List<TestClient> clients = new ArrayList<>();
  private ProcessCluster cluster;
  private String ann;
  private String doc;
  private String visit;
  private ObjectNode request;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    Path classes = folder.resolve("classes");
    plant(classes, "CallStore", "List<Live> live = live(call);", "\"before-\" + event");
    plant(
        classes, "TellingEffects", "var asked = new ArrayList<Future<?>>();", "\"before-effects\"");
    cluster =
        ProcessCluster.start(
            folder,
            2,
            classes,
            Map.of(
                "CAREWIRE_CALLS_RING_TIMEOUT", RINGS.toSeconds() + "s",
                "CAREWIRE_CALLS_REJOIN_TIMEOUT", REJOINS.toSeconds() + "s"));
  }

  /** The process ends there, once, where a file of that name is in its folder. */
  private static void plant(Path classes, String className, String expression, String file)
      throws IOException {
    ChangedClass.compile(
        classes,
        "signaling",
        "org.carewire.signaling." + className,
        expression,
        "if (new java.io.File("
            + file
            + ").delete()) Runtime.getRuntime().halt(137); "
            + expression);
  }

  @BeforeEach
  void aVisitOfTwo() {
    NodeProcess dying = cluster.nodes().get(DYING);
    if (!dying.isServing()) {
      dying.start();
    }
    ann = newId("ann");
    doc = newId("doc");
    visit = visit(ann, doc);
    request = to(ann).put("visitId", visit);
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

  @Test
  void callThatWasNotSavedIsANewOneWhenItIsBegunAgain() {
    TestClient caller = doctor(DYING);
    TestClient callee = patient(LASTING, "phone");

    dies("before-initiate", caller, "call:initiate", request);

    TestClient back = doctor(LASTING);
    String call = ring(back, request);
    assertThat(callee.next("call:incoming").get("callId").asText()).isEqualTo(call);
    accept(callee, call);
    back.next("call:accepted", ofCall(call));
    end(back, call);
    callee.next("call:ended", ofCall(call));
    callee.expectNone("call:incoming");
    assertIsOver(call, "ended", "hangup");
  }

  @Test
  void callThatWasSavedRingsAndIsTheSameWhenItIsBegunAgain() {
    TestClient caller = doctor(DYING);
    TestClient callee = patient(LASTING, "phone");

    dies("before-effects", caller, "call:initiate", request);

    String call = callee.next("call:incoming", LATE).get("callId").asText();
    TestClient back = doctor(LASTING);
    assertThat(ring(back, request)).isEqualTo(call);
    accept(callee, call);
    back.next("call:accepted", ofCall(call));
    end(callee, call);
    back.next("call:ended", ofCall(call));
    callee.expectNone("call:incoming");
    assertIsOver(call, "ended", "hangup");
  }

  @Test
  void callsThatRingAreAnsweredElsewhereOrMissedInTimeWithoutTheNode() {
    // One is called at the node, and comes to another one.
    TestClient caller = doctor(LASTING);
    TestClient callee = patient(DYING, "phone");
    String moved = ring(caller, request);
    callee.next("call:incoming", ofCall(moved));
    // One calls from there, and does not come back.
    String bob = newId("bob");
    String locum = newId("locum");
    String other = visit(bob, locum);
    TestClient lonely = session(LASTING, Tokens.patient(bob), "phone");
    TestClient lost = session(DYING, Tokens.provider(locum), "desk");
    String left = ring(lost, to(bob).put("visitId", other));
    lonely.next("call:incoming", ofCall(left));
    // The node has made the last change of one, and would keep its deadline.
    String nurse = newId("nurse");
    String therapist = newId("therapist");
    String eve = newId("eve");
    String third = visit(eve, nurse, therapist);
    TestClient waiting = session(LASTING, Tokens.provider(nurse), "desk");
    TestClient sleeper = session(LASTING, Tokens.patient(eve), "phone");
    TestClient busy = session(DYING, Tokens.provider(therapist), "desk");
    String unanswered = ring(waiting, to(eve, therapist).put("visitId", third));
    busy.next("call:incoming", ofCall(unanswered));
    ok(busy.request("call:reject", the(unanswered)));
    waiting.next("call:rejected", ofCall(unanswered));

    cluster.nodes().get(DYING).kill();

    TestClient back = patient(LASTING, "phone");
    back.next("call:incoming", ofCall(moved));
    accept(back, moved);
    caller.next("call:accepted", ofCall(moved));
    Duration missedWithin = RINGS.plus(LATE);
    sleeper.next("call:missed", ofCall(unanswered), missedWithin);
    waiting.next("call:missed", ofCall(unanswered));
    waiting.next("call:ended", ofCall(unanswered));
    end(caller, moved);
    back.next("call:ended", ofCall(moved));
    assertIsOver(moved, "ended", "hangup");
    assertIsOver(unanswered, third, "missed", "no_answer");
    // Whichever deadline comes first.
    StoredCall failed = over(left, other);
    assertThat(failed.status() + " " + failed.reason())
        .isIn("missed no_answer", "failed connection_lost");
    lonely.next(failed.status().equals("missed") ? "call:missed" : "call:ended", ofCall(left));
    for (TestClient client : List.of(sleeper, waiting, lonely)) {
      client.expectNone("call:missed");
      client.expectNone("call:ended");
    }
  }

  @Test
  void acceptThatWasNotSavedIsGivenAgainByTheNextSession() {
    TestClient caller = doctor(LASTING);
    TestClient callee = patient(DYING, "phone");
    String call = ring(caller, request);
    callee.next("call:incoming", ofCall(call));

    dies("before-accept", callee, "call:accept", the(call));

    caller.expectNone("call:accepted");
    TestClient back = patient(LASTING, "phone");
    back.next("call:incoming", ofCall(call));
    assertThat(accept(back, call).get("status").asText()).isEqualTo("accepted");
    caller.next("call:accepted", ofCall(call));
    end(back, call);
    caller.next("call:ended", ofCall(call));
    caller.expectNone("call:accepted");
    assertIsOver(call, "ended", "hangup");
  }

  @Test
  void acceptThatWasSavedIsToldOnceAndHoldsWhenItIsRepeated() {
    TestClient caller = doctor(LASTING);
    TestClient callee = patient(DYING, "phone");
    TestClient laptop = patient(LASTING, "laptop");
    String call = ring(caller, request);
    callee.next("call:incoming", ofCall(call));
    laptop.next("call:incoming", ofCall(call));

    dies("before-effects", callee, "call:accept", the(call));

    caller.next("call:accepted", ofCall(call), LATE);
    laptop.next("call:answeredElsewhere", ofCall(call), LATE);
    TestClient back = patient(LASTING, "phone");
    assertThat(accept(back, call).get("status").asText()).isIn("accepted", "in_progress");
    caller.next("call:participantJoined", ofCall(call, ann));
    refused(laptop.request("call:accept", the(call)), "WRONG_STATE");
    end(caller, call);
    back.next("call:ended", ofCall(call));
    caller.expectNone("call:accepted");
    laptop.expectNone("call:answeredElsewhere");
    assertIsOver(call, "ended", "hangup");
  }

  @Test
  void acceptedCallGoesOnForWhoComesBackAndEndsForWhoDoesNot() {
    TestClient caller = doctor(LASTING);
    String call = hold(caller, request, patient(DYING, "phone"));
    String bob = newId("bob");
    String nurse = newId("nurse");
    String other = visit(bob, nurse);
    TestClient left = session(LASTING, Tokens.provider(nurse), "desk");
    TestClient lost = session(DYING, Tokens.patient(bob), "phone");
    String broken = hold(left, to(bob).put("visitId", other), lost);
    String eve = newId("eve");
    String locum = newId("locum");
    String third = visit(eve, locum);
    String forgotten =
        hold(
            session(DYING, Tokens.provider(locum), "desk"),
            to(eve).put("visitId", third),
            session(DYING, Tokens.patient(eve), "phone"));

    cluster.nodes().get(DYING).kill();

    TestClient back = patient(LASTING, "phone");
    rejoin(back, call);
    caller.next("call:participantJoined", ofCall(call, ann));
    JsonNode ended = left.next("call:ended", ofCall(broken), NOTICED.plus(REJOINS).plus(LATE));
    assertThat(ended.get("reason").asText()).isEqualTo("connection_lost");
    left.next("call:participantLeft", ofCall(broken, bob));
    assertIsOver(broken, other, "ended", "connection_lost");
    assertIsOver(forgotten, third, "ended", "connection_lost");
    caller.expectNone("call:ended");
    end(back, call);
    caller.next("call:ended", ofCall(call));
    left.expectNone("call:ended");
    assertIsOver(call, "ended", "hangup");
  }

  @Test
  void endThatWasSavedIsToldAndIsTheOnlyOne() {
    TestClient caller = doctor(DYING);
    TestClient callee = patient(LASTING, "phone");
    String call = hold(caller, request, callee);

    dies("before-effects", caller, "call:end", the(call));

    JsonNode ended = callee.next("call:ended", ofCall(call), LATE);
    assertThat(ended.get("endedBy").asText()).isEqualTo(doc);
    JsonNode told = callee.next("message:new", LATE).at("/metadata/call");
    assertThat(told.path("callId").asText()).isEqualTo(call);
    TestClient back = doctor(LASTING);
    refused(back.request("call:end", the(call)), "WRONG_STATE");
    refused(callee.request("call:accept", the(call)), "WRONG_STATE");
    assertIsOver(call, "ended", "hangup");
    callee.expectNone("call:ended");
    callee.expectNone("message:new");
  }

  /** The client's node dies at that step of what the client asks for. */
  private void dies(String step, TestClient client, String event, JsonNode data) {
    NodeProcess node = cluster.nodes().get(DYING);
    try {
      Files.createFile(node.folder().resolve(step));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    client.send(event, data);
    client.awaitClose();
    node.kill();
  }

  private TestClient doctor(int node) {
    return session(node, Tokens.provider(doc), "desk");
  }

  private TestClient patient(int node, String device) {
    return session(node, Tokens.patient(ann), device);
  }

  private TestClient session(int node, String token, String device) {
    TestClient client = WebSocketTestClient.TRANSPORT.open(cluster.nodes().get(node).http());
    clients.add(client);
    client.hello(object("token", token, "deviceId", device));
    client.next("session:caughtUp");
    return client;
  }

  private String visit(String patient, String provider, String... others) {
    String id = newId("visit");
    ApiClient backend = ApiClient.with(cluster.nodes().get(LASTING).http(), Tokens.service());
    Clinic.putVisit(backend, id, patient, provider, others);
    return id;
  }

  private void assertIsOver(String call, String status, String reason) {
    assertIsOver(call, visit, status, reason);
  }

  private void assertIsOver(String call, String ofVisit, String status, String reason) {
    StoredCall stored = over(call, ofVisit);
    assertThat(stored.status()).as("%s", stored).isEqualTo(status);
    assertThat(stored.reason()).as("%s", stored).isEqualTo(reason);
  }

  /** The only call of the visit, which is over, in the log once, and has left nothing. */
  private StoredCall over(String call, String ofVisit) {
    List<StoredCall> calls = List.of();
    long giveUpAt = System.nanoTime() + NOTICED.plus(REJOINS).plus(LATE).toNanos();
    boolean over = false;
    while (!over && System.nanoTime() < giveUpAt) {
      calls = StoredCalls.read(cluster.database()).of("visit:" + ofVisit);
      over = calls.stream().allMatch(StoredCall::isClosed);
    }
    assertThat(calls).hasSize(1);
    StoredCall stored = calls.getFirst();
    assertThat(stored.isClosed()).as("%s", stored).isTrue();
    assertThat(stored.id()).isEqualTo(call);
    assertThat(stored.records()).as("%s", stored).isEqualTo(1);
    return stored;
  }
}
