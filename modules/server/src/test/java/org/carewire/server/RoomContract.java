package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.assertIsTime;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Joining, leaving, and who is there. */
abstract class RoomContract extends VisitContract {
  @Test
  void leaveRightBehindAJoinLeavesNobodyThere() {
    TestClient provider = clinic.provider(doc);
    ok(provider.request("room:join", object("roomId", room)));
    TestClient hasty = clinic.patient(ann);

    var join = hasty.ask("room:join", object("roomId", room));
    var leave = hasty.ask("room:leave", object("roomId", room));

    ok(TestClient.await(join));
    ok(TestClient.await(leave));
    provider.next("room:userLeft");
    JsonNode present = ok(provider.request("room:participants", object("roomId", room)));
    assertThat(each(present.get("participants"), "userId")).containsExactly(doc);
  }

  @Test
  void joinAnswersWhoIsThereAndTheTopOfTheLog() {
    TestClient patient = clinic.patient(ann);

    JsonNode joined =
        ok(patient.request("room:join", object("roomId", room, "roomType", "video_call")));

    assertThat(joined.get("roomId").asText()).isEqualTo(room);
    assertThat(joined.get("roomType").asText()).isEqualTo("video_call");
    assertThat(joined.get("top").isNumber()).isTrue();
    assertThat(joined.get("top").asLong()).isZero();
    assertIsTime(joined.get("timestamp"));
    assertThat(joined.get("participants")).hasSize(1);
    JsonNode self = joined.at("/participants/0");
    assertThat(self.get("socketId").asText()).isEqualTo(patient.socketId());
    assertThat(self.get("userId").asText()).isEqualTo(ann);
    assertThat(self.get("userRole").asText()).isEqualTo("patient");
    assertIsTime(self.get("joinedAt"));
  }

  @Test
  void topIsTheHighestOffset() {
    TestClient patient = clinic.patient(ann);
    ok(patient.request("message:send", object("roomId", room, "message", "one")));
    ok(patient.request("message:send", object("roomId", room, "message", "two")));

    assertThat(join(patient).get("top").asLong()).isEqualTo(2);
  }

  @Test
  void othersLearnWhoJoinedAndTheJoinerDoesNot() {
    TestClient provider = clinic.provider(doc);
    join(provider);
    TestClient patient = clinic.patient(ann);

    join(patient);

    JsonNode joined = provider.next("room:userJoined");
    assertThat(joined.get("roomId").asText()).isEqualTo(room);
    assertThat(joined.get("userId").asText()).isEqualTo(ann);
    assertThat(joined.get("userRole").asText()).isEqualTo("patient");
    assertThat(joined.get("socketId").asText()).isEqualTo(patient.socketId());
    assertIsTime(joined.get("timestamp"));
    patient.expectNone("room:userJoined");
  }

  @Test
  void membersWhoHaveNotJoinedAreNotTold() {
    TestClient onlooker = clinic.provider(doc);
    TestClient joinedOne = clinic.provider(doc);
    join(joinedOne);

    join(clinic.patient(ann));

    joinedOne.next("room:userJoined");
    onlooker.expectNone("room:userJoined");
  }

  @Test
  void joiningTwiceMakesOneParticipant() {
    TestClient patient = clinic.patient(ann);
    join(patient);

    assertThat(join(patient).get("participants")).hasSize(1);
  }

  @Test
  void participantsAreTheJoinedSessionsTheAskerIncluded() {
    TestClient one = clinic.patient(ann);
    TestClient two = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    List.of(one, two, provider).forEach(this::join);

    JsonNode reply = ok(provider.request("room:participants", object("roomId", room)));

    assertThat(reply.get("roomId").asText()).isEqualTo(room);
    assertThat(each(reply.get("participants"), "socketId"))
        .containsExactlyInAnyOrder(one.socketId(), two.socketId(), provider.socketId());
  }

  @Test
  void leavingIsToldAtOnce() {
    TestClient provider = clinic.provider(doc);
    TestClient patient = clinic.patient(ann);
    join(provider);
    join(patient);

    JsonNode left = ok(patient.request("room:leave", object("roomId", room)));

    assertThat(left.get("roomId").asText()).isEqualTo(room);
    assertIsTime(left.get("timestamp"));
    JsonNode told = provider.next("room:userLeft", Duration.ofSeconds(2));
    assertThat(told.get("roomId").asText()).isEqualTo(room);
    assertThat(told.get("userId").asText()).isEqualTo(ann);
    assertThat(told.get("userRole").asText()).isEqualTo("patient");
    assertThat(told.get("socketId").asText()).isEqualTo(patient.socketId());
    assertIsTime(told.get("timestamp"));
    assertThat(participantIds(provider)).containsExactly(doc);
  }

  @Test
  void lostSessionHasLeftAfterTheGraceAndOneThatReturnsHasNot() {
    String ben = newId("ben");
    room = "visit:" + clinic.visit(ann, doc, ben);
    TestClient provider = clinic.provider(doc);
    TestClient returning = clinic.session(Tokens.patient(ann), "phone");
    TestClient lost = clinic.session(Tokens.patient(ben), "phone");
    List.of(provider, returning, lost).forEach(this::join);

    returning.drop();
    lost.drop();
    join(clinic.session(Tokens.patient(ann), "phone"));

    JsonNode left =
        provider.next(
            "room:userLeft", any -> any.get("userId").asText().equals(ben), Duration.ofSeconds(10));
    assertThat(left.get("socketId").asText()).isEqualTo(lost.socketId());
    assertThat(each(provider.takeAll("room:userLeft"), "userId")).doesNotContain(ann);
    assertThat(participantIds(provider)).containsExactlyInAnyOrder(ann, doc);
  }

  @Test
  void lostSessionIsNotSaidToHaveLeftBeforeTheGraceIsOver() {
    TestClient provider = clinic.provider(doc);
    TestClient patient = clinic.patient(ann);
    join(provider);
    join(patient);

    long lostAt = System.nanoTime();
    patient.drop();

    provider.next("room:userLeft", Duration.ofSeconds(10));
    assertThat(Duration.ofNanos(System.nanoTime() - lostAt))
        .isBetween(Duration.ofMillis(4_500), Duration.ofMillis(8_000));
  }

  @Test
  void chatIdInTheOtherOrderIsTheSameRoom() {
    String normal = "chat:" + ann + ":" + doc;
    String other = "chat:" + doc + ":" + ann;
    TestClient patient = clinic.patient(ann);

    JsonNode joined = ok(patient.request("room:join", object("roomId", other)));

    assertThat(joined.get("roomId").asText()).isEqualTo(normal);
    JsonNode seen = ok(clinic.provider(doc).request("room:participants", object("roomId", normal)));
    assertThat(each(seen.get("participants"), "userId")).containsExactly(ann);
  }

  @Test
  void chatIdsAreOrderedByTheirBytes() {
    String upper = newId("Zoe");
    String lower = newId("amy");
    clinic.visit(upper, lower);

    JsonNode joined =
        ok(
            clinic
                .patient(upper)
                .request("room:join", object("roomId", "chat:" + lower + ":" + upper)));

    assertThat(joined.get("roomId").asText()).isEqualTo("chat:" + upper + ":" + lower);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "visit",
        "visit:",
        "visit:a b",
        "visit:a:b",
        "chat:a",
        "chat:a:b:c",
        "chat::",
        "room:a",
        "Visit:a",
        "visit:ü",
        "topic:"
      })
  void roomIdThatIsNoneIsRefusedByName(String roomId) {
    TestClient patient = clinic.patient(ann);

    for (String event : List.of("room:join", "room:leave", "room:participants")) {
      refused(patient.request(event, object("roomId", roomId)), "BAD_REQUEST", "roomId");
    }
  }

  @Test
  void idOf65CharactersIsTooLong() {
    TestClient patient = clinic.patient(ann);

    ok(patient.request("room:join", object("roomId", "topic:" + "t".repeat(64))));
    refused(
        patient.request("room:join", object("roomId", "topic:" + "t".repeat(65))),
        "BAD_REQUEST",
        "roomId");
  }

  @Test
  void unknownRoomTypeIsRefused() {
    refused(
        clinic.patient(ann).request("room:join", object("roomId", room, "roomType", "ballroom")),
        "BAD_REQUEST",
        "roomType");
  }

  @Test
  void metadataOfAJoinIsLimited() {
    TestClient patient = clinic.patient(ann);

    ok(
        patient.request(
            "room:join", object("roomId", room, "metadata", object("note", "x".repeat(7_900)))));
    refused(
        patient.request(
            "room:join", object("roomId", room, "metadata", object("note", "x".repeat(8_300)))),
        "BAD_REQUEST",
        "metadata");
    refused(
        patient.request("room:join", object("roomId", room, "metadata", array())),
        "BAD_REQUEST",
        "metadata");
  }

  @Test
  void sessionJoinsAtMost500Rooms() {
    TestClient patient = clinic.patient(ann);
    List<CompletableFuture<JsonNode>> replies = new ArrayList<>();
    for (int i = 1; i <= 501; i++) {
      replies.add(patient.ask("room:join", object("roomId", "topic:t" + i)));
    }

    replies.subList(0, 500).forEach(reply -> ok(TestClient.await(reply)));
    assertThat(Replies.isOk(TestClient.await(replies.getLast()))).isFalse();

    ok(patient.request("room:leave", object("roomId", "topic:t1")));
    ok(patient.request("room:join", object("roomId", "topic:t501")));
  }

  private JsonNode join(TestClient client) {
    return ok(client.request("room:join", object("roomId", room)));
  }

  private List<String> participantIds(TestClient asker) {
    return each(
        ok(asker.request("room:participants", object("roomId", room))).get("participants"),
        "userId");
  }
}
