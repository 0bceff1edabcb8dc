package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Calling.accept;
import static org.carewire.server.Calling.end;
import static org.carewire.server.Calling.hold;
import static org.carewire.server.Calling.ofCall;
import static org.carewire.server.Calling.ring;
import static org.carewire.server.Calling.signal;
import static org.carewire.server.Calling.to;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.assertIsTime;
import static org.carewire.server.Replies.denied;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What participants of a call say to each other to connect. */
abstract class CallSignalContract extends VisitContract {
  private static final int MANY = 60;
  private static final int MAX_BYTES = 65_536;
  private static final int QUOTES = 2;

  private TestClient patient;
  private TestClient provider;

  @BeforeEach
  void connectBoth() {
    patient = clinic.patient(ann);
    provider = clinic.provider(doc);
  }

  @Test
  void signalComesAsItWasSentToTheOneSessionThatIsInTheCall() {
    TestClient patientsOther = clinic.patient(ann);
    TestClient tablet = clinic.provider(doc);
    String call = hold(patient, to(doc), provider);
    for (Object said :
        List.of(
            object("type", "offer", "sdp", "v=0\r\n", "deep", array(object("é", 1.5))),
            "candidate:1 1 udp 2122260223",
            "",
            object())) {
      for (String type : List.of("offer", "answer", "ice-candidate", "renegotiate")) {
        ok(patient.request("call:signal", signal(call, doc, said).put("signalType", type)));

        JsonNode came = provider.next("call:signal");
        assertThat(came.get("callId").asText()).isEqualTo(call);
        assertThat(came.get("senderId").asText()).isEqualTo(ann);
        assertThat(came.get("signalType").asText()).isEqualTo(type);
        assertThat(object("signal", said).get("signal")).isEqualTo(came.get("signal"));
        assertIsTime(came.get("timestamp"));
      }
    }
    for (TestClient client : List.of(patient, patientsOther, provider, tablet)) {
      client.expectNone("call:signal");
    }
  }

  @Test
  void signalsOfBothComeInTheOrderOfSendingEachOnce() {
    String call = hold(patient, to(doc), provider);

    List<CompletableFuture<JsonNode>> replies =
        IntStream.range(0, MANY)
            .mapToObj(
                i -> {
                  CompletableFuture<JsonNode> ofThePatient =
                      patient.ask("call:signal", signal(call, doc, "p" + i));
                  provider.send("call:signal", signal(call, ann, "d" + i));
                  return ofThePatient;
                })
            .toList();

    for (int i = 0; i < MANY; i++) {
      ok(TestClient.await(replies.get(i)));
      assertThat(provider.next("call:signal").get("signal").asText()).isEqualTo("p" + i);
      assertThat(patient.next("call:signal").get("signal").asText()).isEqualTo("d" + i);
    }
    patient.expectNone("call:signal");
    provider.expectNone("call:signal");
  }

  @Test
  void ofThreeOnlyTheOneThatIsNamedGetsIt() {
    String bob = newId("bob");
    clinic.group(ann, doc, bob);
    TestClient third = clinic.patient(bob);
    String call = ring(patient, to(doc, bob));
    accept(provider, call);
    accept(third, call);

    ok(patient.request("call:signal", signal(call, bob, "for bob")));
    ok(provider.request("call:signal", signal(call, bob, "for bob too")));

    assertThat(third.next("call:signal").get("senderId").asText()).isEqualTo(ann);
    assertThat(third.next("call:signal").get("senderId").asText()).isEqualTo(doc);
    provider.expectNone("call:signal");
    patient.expectNone("call:signal");
  }

  @Test
  void whoIsNotOfTheCallNeitherSendsNorGetsAny() {
    String eve = newId("eve");
    clinic.visit(ann, doc, eve);
    TestClient stranger = clinic.provider(eve);
    String call = hold(patient, to(doc), provider);

    denied(stranger.request("call:signal", signal(call, ann, "x")));
    denied(patient.request("call:signal", signal(call, eve, "x")));
    denied(patient.request("call:signal", signal(call, newId("none"), "x")));

    patient.expectNone("call:signal");
    stranger.expectNone("call:signal");
  }

  @Test
  void whoIsNotInYetOrNoMoreIsNotSignalled() {
    TestClient tablet = clinic.provider(doc);
    String bob = newId("bob");
    clinic.group(ann, doc, bob);
    TestClient third = clinic.patient(bob);
    String call = ring(patient, to(doc, bob));
    provider.next("call:incoming");

    refused(patient.request("call:signal", signal(call, doc, "x")), "WRONG_STATE");
    refused(provider.request("call:signal", signal(call, ann, "x")), "WRONG_STATE");
    accept(provider, call);
    refused(tablet.request("call:signal", signal(call, ann, "x")), "WRONG_STATE");
    ok(provider.request("call:signal", signal(call, ann, "x")));
    patient.next("call:signal");
    accept(third, call);
    ok(provider.request("call:leave", Calling.the(call)));
    refused(patient.request("call:signal", signal(call, doc, "x")), "WRONG_STATE");
    refused(provider.request("call:signal", signal(call, ann, "x")), "WRONG_STATE");
    end(patient, call);
    refused(patient.request("call:signal", signal(call, bob, "x")), "WRONG_STATE");

    for (TestClient client : List.of(patient, provider, tablet, third)) {
      client.expectNone("call:signal");
    }
  }

  @Test
  void signalOfUnknownTypeOrTooLargeIsRefused() {
    String call = hold(patient, to(doc), provider);
    String longest = "x".repeat(MAX_BYTES - QUOTES);

    for (Object bad : List.of(5, true, array("x"))) {
      refused(patient.request("call:signal", signal(call, doc, bad)), "BAD_REQUEST", "signal");
    }
    refused(
        patient.request("call:signal", signal(call, doc, longest + "x")), "BAD_REQUEST", "signal");
    refused(
        patient.request("call:signal", signal(call, doc, longest.repeat(4) + "x".repeat(10))),
        "TOO_LARGE",
        "signal");
    refused(
        patient.request("call:signal", signal(call, doc, "x").put("signalType", "bye")),
        "BAD_REQUEST",
        "signalType");
    for (String field : List.of("callId", "recipientId", "signal", "signalType")) {
      var without = signal(call, doc, "x");
      without.remove(field);
      refused(patient.request("call:signal", without), "BAD_REQUEST", field);
    }
    ok(patient.request("call:signal", signal(call, doc, longest)));

    assertThat(provider.next("call:signal").get("signal").asText()).isEqualTo(longest);
    provider.expectNone("call:signal");
  }

  @Test
  void signalToALostConnectionIsRefusedAndComesToTheNewOne() {
    String call = hold(patient, to(doc), provider);

    provider.drop();
    // Until the server knows that it is lost, it has been sent what waits there.
    JsonNode reply = patient.request("call:signal", signal(call, doc, "x"));
    long giveUpAt = System.nanoTime() + 2 * TestClient.DEADLINE.toNanos();
    while (Replies.isOk(reply) && System.nanoTime() < giveUpAt) {
      reply = patient.request("call:signal", signal(call, doc, "x"));
    }
    refused(reply, "UNAVAILABLE");
    TestClient back = clinic.provider(doc);
    Calling.rejoin(back, call);
    patient.next("call:participantJoined", ofCall(call, doc));
    ok(patient.request("call:signal", signal(call, doc, "again")));

    assertThat(back.next("call:signal").get("signal").asText()).isEqualTo("again");
  }

  @Test
  void callIsInProgressFromTheFirstSignalOn() {
    String call = hold(patient, to(doc), provider);

    ok(patient.request("call:signal", signal(call, doc, "x")));

    provider.next("call:signal");
    JsonNode again = ok(provider.request("call:accept", Calling.the(call)));
    assertThat(again.get("callId").asText()).isEqualTo(call);
    assertThat(Calling.newest(patient).get("status").asText()).isEqualTo("in_progress");
  }
}
