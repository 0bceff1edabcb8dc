package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A device that was away is sent what it has missed, then what comes, in order and without a gap.
 */
abstract class CatchUpContract extends Contract {
  private String ann;
  private String doc;
  private String room;
  private TestClient provider;

  @BeforeEach
  void openVisit() {
    ann = newId("ann");
    doc = newId("doc");
    room = "visit:" + clinic.visit(ann, doc);
    provider = clinic.provider(doc);
  }

  @Test
  void deviceThatIsNewStartsAtTheTop() {
    send(3);

    TestClient phone = phone();

    assertThat(top(phone.next("session:caughtUp"), room)).isEqualTo(3);
    send(1);
    assertThat(offset(phone.next("message:new"))).isEqualTo(4);
    phone.expectNone("message:new");
  }

  @Test
  void deviceThatReturnsIsSentWhatItMissedBeforeItHasCaughtUp() {
    TestClient phone = phone();
    send(1);
    received(phone, 1);
    leave(phone);
    send(120);

    TestClient back = phone();
    JsonNode caughtUp = back.next("session:caughtUp");

    assertThat(offsets(back)).containsExactlyElementsOf(range(2, 121));
    assertThat(top(caughtUp, room)).isEqualTo(121);
    send(1);
    assertThat(offset(back.next("message:new"))).isEqualTo(122);
  }

  @Test
  void whatWasNotAcknowledgedComesAgain() {
    TestClient phone = phone();
    send(3);
    IntStream.range(0, 3).forEach(_ -> phone.next("message:new"));
    received(phone, 2);
    leave(phone);

    TestClient back = phone();
    back.next("session:caughtUp");

    assertThat(offsets(back)).containsExactly(3L);
  }

  @Test
  void ownMessagesComeAgainToo() {
    TestClient phone = phone();
    phone.next("session:caughtUp");
    ok(phone.request("message:send", object("roomId", room, "message", "mine")));
    assertThat(offset(phone.next("message:sent"))).isEqualTo(1);
    leave(phone);

    TestClient back = phone();
    back.next("session:caughtUp");

    assertThat(offsets(back)).containsExactly(1L);
  }

  @Test
  void eachDeviceHasItsOwnCursor() {
    TestClient phone = phone();
    TestClient tablet = device("tablet");
    send(2);
    List.of(phone, tablet)
        .forEach(client -> client.next("message:new", message -> offset(message) == 2));
    received(phone, 2);
    leave(phone);
    leave(tablet);

    phone().next("session:caughtUp");
    TestClient back = device("tablet");
    back.next("session:caughtUp");

    assertThat(offsets(back)).containsExactly(1L, 2L);
  }

  @Test
  void readingAcknowledgesToo() {
    TestClient phone = phone();
    send(2);
    phone.next("message:new", message -> offset(message) == 2);
    ok(phone.request("message:read", object("roomId", room, "offset", 2)));
    awaitCursor(room, 2);
    leave(phone);

    TestClient back = phone();
    back.next("session:caughtUp");

    assertThat(offsets(back)).isEmpty();
  }

  @Test
  void roomThatOneIsTakenIntoIsSentFromItsBeginning() {
    String bob = newId("bob");
    TestClient phone = clinic.session(Tokens.patient(bob), "phone-" + bob);
    phone.next("session:caughtUp");
    String group = "group:" + clinic.group(doc);
    sendTo(group, 3);

    clinic
        .backend()
        .put("/groups/" + group.substring("group:".length()), object("members", List.of(doc, bob)));

    assertThat(offset(phone.next("message:new"))).isEqualTo(1);
    assertThat(offset(phone.next("message:new"))).isEqualTo(2);
    assertThat(offset(phone.next("message:new"))).isEqualTo(3);
    sendTo(group, 1);
    assertThat(offset(phone.next("message:new"))).isEqualTo(4);
  }

  @Test
  void firstMessageOfAChatComesAtOnce() {
    TestClient phone = phone();
    phone.next("session:caughtUp");

    ok(provider.request("message:send", object("recipientId", ann, "message", "hello")));

    assertThat(offset(phone.next("message:new"))).isEqualTo(1);
  }

  @Test
  void sessionWithoutADeviceIsSentWhatComesOnly() {
    send(2);

    TestClient patient = clinic.patient(ann);
    send(1);

    assertThat(offset(patient.next("message:new"))).isEqualTo(3);
    patient.expectNone("session:caughtUp");
    patient.expectNone("message:new");
  }

  @Test
  void positionsOfTheClientWin() {
    TestClient phone = phone();
    send(5);
    phone.next("message:new", message -> offset(message) == 5);
    received(phone, 4);
    leave(phone);

    TestClient back = resumed(object(room, 2), epoch());
    back.next("session:caughtUp");

    assertThat(offsets(back)).containsExactly(3L, 4L, 5L);
  }

  @Test
  void roomsThatTheClientDoesNotNameGoByTheCursor() {
    String other = "visit:" + clinic.visit(ann, doc);
    TestClient phone = phone();
    send(2);
    sendTo(other, 2);
    phone.next("message:new", message -> inRoom(message, other) && offset(message) == 2);
    ok(phone.request("message:received", object("roomId", other, "offset", 1)));
    awaitCursor(other, 1);
    leave(phone);

    TestClient back = resumed(object(room, 1), epoch());
    back.next("session:caughtUp");

    List<JsonNode> came = back.takeAll("message:new");
    assertThat(came.stream().filter(message -> inRoom(message, room)).map(CatchUpContract::offset))
        .containsExactly(2L);
    assertThat(came.stream().filter(message -> inRoom(message, other)).map(CatchUpContract::offset))
        .containsExactly(2L);
  }

  @Test
  void positionAboveTheTopIsResetAndTheCursorCounts() {
    TestClient phone = phone();
    send(3);
    received(phone, 1);
    leave(phone);

    TestClient back = resumed(object(room, 4), epoch());
    JsonNode reset = back.next("session:reset");
    back.next("session:caughtUp");

    assertThat(reset).isEqualTo(object("roomId", room, "reason", "aboveTop", "top", 3));
    assertThat(offsets(back)).containsExactly(2L, 3L);
  }

  @Test
  void positionsOfAnotherHistoryAreReset() {
    TestClient phone = phone();
    send(3);
    received(phone, 2);
    leave(phone);

    TestClient back = resumed(object(room, 1), "another-history");
    JsonNode reset = back.next("session:reset");
    back.next("session:caughtUp");

    assertThat(reset).isEqualTo(object("roomId", room, "reason", "unknownEpoch", "top", 3));
    assertThat(offsets(back)).containsExactly(3L);
  }

  @Test
  void clientWithPositionsNeedsNoDevice() {
    send(205);
    TestClient client = clinic.connect();
    client.hello(
        object(
            "token",
            Tokens.patient(ann),
            "resume",
            object("epoch", epoch(), "positions", object(room, 203))));
    client.next("session:caughtUp");
    assertThat(offsets(client)).containsExactly(204L, 205L);

    TestClient lost = clinic.connect();
    lost.hello(
        object(
            "token",
            Tokens.patient(ann),
            "resume",
            object("epoch", epoch(), "positions", object(room, 999))));
    lost.next("session:reset");
    lost.next("session:caughtUp");
    assertThat(offsets(lost)).containsExactlyElementsOf(range(6, 205));
  }

  @Test
  void roomsThatOneHasNoAccessToCanBeNamedInVain() {
    String foreign = "visit:" + clinic.visit(newId("bob"), doc);
    sendTo(foreign, 1);

    TestClient phone = resumed(object(foreign, 0, "visit:none", 3), epoch());

    JsonNode caughtUp = phone.next("session:caughtUp");
    assertThat(each(caughtUp.get("rooms"), "roomId")).containsExactly(room);
    phone.expectNone("message:new");
    phone.expectNone("session:reset");
  }

  @Test
  void positionsThatAreNoneAreRefusedByName() {
    refused(hello(object("epoch", "e", "positions", object(room, -1))), "BAD_REQUEST");
    refused(hello(object("positions", object(room, 1))), "BAD_REQUEST", "resume.epoch");
    refused(
        hello(object("epoch", "e", "positions", object("no room", 1))),
        "BAD_REQUEST",
        "resume.positions.*");
    refused(hello(object("epoch", "e", "positions", "3")), "BAD_REQUEST", "resume.positions");
  }

  @Test
  void longAbsenceInOneRoomDoesNotHoldUpAnother() {
    String other = "visit:" + clinic.visit(ann, doc);
    leave(phone());
    send(300);
    sendTo(other, 1);

    TestClient back = phone();
    back.next("session:caughtUp");

    List<String> rooms = each(back.takeAll("message:new"), "roomId");
    assertThat(rooms).hasSize(301);
    assertThat(rooms.indexOf(other)).isLessThan(150);
  }

  @Test
  void deviceThatReturnsIsAgainInTheRoomsItHadJoined() {
    TestClient phone = phone();
    ok(phone.request("room:join", object("roomId", room)));
    ok(provider.request("room:join", object("roomId", room)));
    phone.next("room:userJoined");
    leave(phone);
    awaitOthersOut();

    JsonNode hello =
        clinic.connect().hello(object("token", Tokens.patient(ann), "deviceId", "phone-" + ann));

    assertThat(hello.get("resumed").asBoolean()).isTrue();
    assertThat(hello.get("rooms")).hasSize(1);
    assertThat(hello.at("/rooms/0").asText()).isEqualTo(room);
    JsonNode there = ok(provider.request("room:participants", object("roomId", room)));
    assertThat(each(there.get("participants"), "socketId"))
        .containsExactlyInAnyOrder(provider.socketId(), hello.get("socketId").asText());
    provider.expectNone("room:userJoined");
  }

  @Test
  void roomThatWasLeftIsNotResumed() {
    TestClient phone = phone();
    ok(phone.request("room:join", object("roomId", room)));
    ok(phone.request("room:leave", object("roomId", room)));
    leave(phone);

    JsonNode hello =
        clinic.connect().hello(object("token", Tokens.patient(ann), "deviceId", "phone-" + ann));

    assertThat(hello.get("resumed").asBoolean()).isTrue();
    assertThat(hello.get("rooms")).isEmpty();
  }

  @Test
  void whoWasTakenOffIsSentNothingMoreOfTheRoom() {
    TestClient phone = phone();
    phone.next("session:caughtUp");
    send(1);
    phone.next("message:new");
    leave(phone);
    send(2);
    Clinic.putVisit(clinic.backend(), room.substring("visit:".length()), newId("bob"), doc);

    TestClient back = phone();

    assertThat(back.next("session:caughtUp").get("rooms")).isEmpty();
    back.expectNone("message:new");
  }

  private void awaitOthersOut() {
    JsonNode there;
    do {
      there = ok(provider.request("room:participants", object("roomId", room)));
    } while (there.get("participants").size() > 1);
  }

  private TestClient phone() {
    return device("phone-" + ann);
  }

  private TestClient device(String deviceId) {
    return clinic.session(Tokens.patient(ann), deviceId);
  }

  private TestClient resumed(ObjectNode positions, String epoch) {
    TestClient client = clinic.connect();
    client.hello(
        object(
            "token",
            Tokens.patient(ann),
            "deviceId",
            "phone-" + ann,
            "resume",
            object("epoch", epoch, "positions", positions)));
    return client;
  }

  private JsonNode hello(ObjectNode resume) {
    return clinic
        .connect()
        .request("session:hello", object("token", Tokens.patient(ann), "resume", resume));
  }

  private String epoch() {
    return ok(provider.request("message:history", object("roomId", room))).get("epoch").asText();
  }

  private static void leave(TestClient client) {
    client.drop();
  }

  private void received(TestClient client, long offset) {
    ok(client.request("message:received", object("roomId", room, "offset", offset)));
    awaitCursor(room, offset);
  }

  /** Cursors are stored within a second. */
  private void awaitCursor(String of, long offset) {
    try (Connection database = clinic.node().database().connect();
        PreparedStatement cursor =
            database.prepareStatement(
                """
                select from device_cursor c join device d on d.key = c.device_key
                join room r on r.key = c.room_key
                where d.user_id = ? and r.room_id = ? and c."offset" >= ?
                """)) {
      cursor.setString(1, ann);
      cursor.setString(2, of);
      cursor.setLong(3, offset);
      await(() -> cursor.executeQuery().next());
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private interface Condition {
    boolean holds() throws SQLException;
  }

  private static void await(Condition condition) throws SQLException {
    long end = System.nanoTime() + TestClient.DEADLINE.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }

  private void send(int messages) {
    sendTo(room, messages);
  }

  private void sendTo(String to, int messages) {
    IntStream.range(0, messages)
        .mapToObj(i -> provider.ask("message:send", object("roomId", to, "message", "m" + i)))
        .toList()
        .forEach(reply -> ok(TestClient.await(reply)));
  }

  private static List<Long> offsets(TestClient client) {
    return new ArrayList<>(
        client.takeAll("message:new").stream().map(CatchUpContract::offset).toList());
  }

  private static List<Long> range(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  private static long offset(JsonNode message) {
    return message.get("offset").asLong();
  }

  private static boolean inRoom(JsonNode message, String room) {
    return message.get("roomId").asText().equals(room);
  }

  private static long top(JsonNode caughtUp, String room) {
    for (JsonNode each : caughtUp.get("rooms")) {
      if (each.get("roomId").asText().equals(room)) {
        return each.get("top").asLong();
      }
    }
    throw new AssertionError("No " + room + " in " + caughtUp);
  }
}
