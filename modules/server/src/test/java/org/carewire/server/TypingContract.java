package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.assertIsTime;
import static org.carewire.server.Replies.denied;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.Test;

/** Who is typing. */
abstract class TypingContract extends VisitContract {
  @Test
  void otherParticipantsSeeTypingStartAndStop() {
    TestClient patient = joined(clinic.patient(ann));
    TestClient provider = joined(clinic.provider(doc));

    ok(patient.request("typing:start", object("roomId", room)));
    assertIsTypingOfAnn(provider.next("typing:start"), room);

    ok(patient.request("typing:stop", object("roomId", room)));
    assertIsTypingOfAnn(provider.next("typing:stop"), room);
    patient.expectNone("typing:start");
    patient.expectNone("typing:stop");
  }

  @Test
  void membersWhoHaveNotJoinedSeeNoTyping() {
    TestClient patient = joined(clinic.patient(ann));
    TestClient provider = joined(clinic.provider(doc));
    TestClient elsewhere = clinic.provider(doc);

    ok(patient.request("typing:start", object("roomId", room)));

    provider.next("typing:start");
    elsewhere.expectNone("typing:start");
  }

  @Test
  void inAChatAllSessionsOfTheOtherSeeTypingJoinedOrNot() {
    TestClient patient = clinic.patient(ann);
    TestClient phone = clinic.provider(doc);
    TestClient browser = clinic.provider(doc);

    ok(patient.request("typing:start", object("recipientId", doc)));

    String chat = "chat:" + ann + ":" + doc;
    assertIsTypingOfAnn(phone.next("typing:start"), chat);
    assertIsTypingOfAnn(browser.next("typing:start"), chat);

    ok(patient.request("typing:stop", object("roomId", "chat:" + doc + ":" + ann)));
    assertIsTypingOfAnn(phone.next("typing:stop"), chat);
    assertIsTypingOfAnn(browser.next("typing:stop"), chat);
    patient.expectNone("typing:start");
  }

  @Test
  void typingStopsByItselfOnceSixSecondsAfterItsStart() {
    TestClient patient = joined(clinic.patient(ann));
    TestClient provider = joined(clinic.provider(doc));

    long started = System.nanoTime();
    ok(patient.request("typing:start", object("roomId", room)));
    ok(patient.request("typing:start", object("roomId", room)));

    assertIsTypingOfAnn(provider.next("typing:stop", Duration.ofSeconds(9)), room);
    assertThat(Duration.ofNanos(System.nanoTime() - started))
        .isBetween(Duration.ofMillis(5_500), Duration.ofMillis(8_000));
    provider.expectNone("typing:stop");
  }

  @Test
  void typingStopsWhenTheSessionEnds() {
    TestClient patient = joined(clinic.patient(ann));
    TestClient provider = joined(clinic.provider(doc));
    ok(patient.request("typing:start", object("roomId", room)));
    provider.next("typing:start");

    patient.drop();

    assertIsTypingOfAnn(provider.next("typing:stop", Duration.ofSeconds(3)), room);
  }

  @Test
  void typingIsNotForStrangers() {
    TestClient provider = joined(clinic.provider(doc));
    TestClient stranger = clinic.patient(newId("eve"));

    denied(stranger.request("typing:start", object("roomId", room)));
    denied(stranger.request("typing:stop", object("roomId", room)));
    denied(stranger.request("typing:start", object("recipientId", ann)));

    provider.expectNone("typing:start");
    provider.expectNone("typing:stop");
  }

  @Test
  void strangersSeeNoTyping() {
    TestClient patient = joined(clinic.patient(ann));
    TestClient provider = joined(clinic.provider(doc));
    TestClient stranger = clinic.patient(newId("eve"));
    refused(stranger.request("room:join", object("roomId", room)), "ACCESS_DENIED");

    ok(patient.request("typing:start", object("roomId", room)));

    provider.next("typing:start");
    stranger.expectNone("typing:start");
  }

  @Test
  void typingNowhereIsRefused() {
    TestClient patient = clinic.patient(ann);

    refused(patient.request("typing:start", object()), "BAD_REQUEST");
    refused(patient.request("typing:stop", object()), "BAD_REQUEST");
    refused(
        patient.request("typing:start", object("roomId", room, "recipientId", doc)), "BAD_REQUEST");
  }

  private TestClient joined(TestClient client) {
    ok(client.request("room:join", object("roomId", room)));
    return client;
  }

  private void assertIsTypingOfAnn(JsonNode event, String expectedRoom) {
    assertThat(event.get("roomId").asText()).isEqualTo(expectedRoom);
    assertThat(event.get("userId").asText()).isEqualTo(ann);
    assertThat(event.get("userRole").asText()).isEqualTo("patient");
    assertIsTime(event.get("timestamp"));
  }
}
