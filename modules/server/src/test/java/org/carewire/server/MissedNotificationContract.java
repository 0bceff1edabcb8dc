package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device that was away is sent the notifications that it has not acknowledged. */
abstract class MissedNotificationContract extends Contract {
  private String ann = "";
  private String room = "";

  @BeforeEach
  void nameThePatient() {
    ann = newId("ann");
    room = "notifications:" + ann;
  }

  @Test
  void deviceThatReturnsIsSentWhatItMissedBeforeItHasCaughtUp() {
    leave(caughtUp(phone()));
    List<String> ids = post(3);

    TestClient back = phone();
    JsonNode caughtUp = back.next("session:caughtUp");

    List<JsonNode> came = back.takeAll("notification:new");
    assertThat(each(came, "id")).containsExactlyElementsOf(ids);
    assertThat(each(came, "offset")).containsExactly("1", "2", "3");
    assertThat(each(came, "roomId")).containsOnly(room);
    assertThat(top(caughtUp)).isEqualTo(3);
    assertThat(back.next("notification:unreadCount").get("unreadCount").asLong()).isEqualTo(3);
    post(1);
    assertThat(back.next("notification:new").get("offset").asLong()).isEqualTo(4);
    back.expectNone("notification:new");
  }

  @Test
  void whatWasNotAcknowledgedComesAgainAsItWas() {
    TestClient phone = caughtUp(phone());
    List<String> ids = post(3);
    List<JsonNode> first =
        IntStream.range(0, 3).mapToObj(_ -> phone.next("notification:new")).toList();
    ok(phone.request("message:received", object("messageId", ids.get(1))));
    awaitCursor(2);
    leave(phone);

    TestClient back = caughtUp(phone());

    assertThat(back.takeAll("notification:new")).containsExactly(first.get(2));
  }

  @Test
  void acknowledgingByRoomAndOffsetDoesTheSame() {
    TestClient phone = caughtUp(phone());
    post(3);
    phone.next("notification:new", one -> one.get("offset").asLong() == 3);
    ok(phone.request("message:received", object("roomId", room, "offset", 2)));
    awaitCursor(2);
    leave(phone);

    TestClient back = caughtUp(phone());

    assertThat(offsets(back)).containsExactly("3");
  }

  @Test
  void readingByMessageReadAcknowledgesButDoesNotRead() {
    TestClient phone = caughtUp(phone());
    List<String> ids = post(2);
    phone.next("notification:new", one -> one.get("offset").asLong() == 2);
    ok(phone.request("message:read", object("messageIds", array(ids.get(1)))));
    awaitCursor(2);
    leave(phone);

    TestClient back = caughtUp(phone());

    back.expectNone("notification:new");
    JsonNode list = ok(back.request("notification:list", object()));
    assertThat(list.get("unreadCount").asLong()).isEqualTo(2);
    assertThat(each(list.get("notifications"), "read")).containsOnly("false");
  }

  @Test
  void readOnesThatWereNotAcknowledgedComeAgainToo() {
    TestClient phone = caughtUp(phone());
    String id = post(1).getFirst();
    phone.next("notification:new");
    ok(phone.request("notification:read", object("notificationId", id)));
    leave(phone);

    TestClient back = caughtUp(phone());

    assertThat(each(back.takeAll("notification:new"), "id")).containsExactly(id);
  }

  @Test
  void eachDeviceHasItsOwnCursor() {
    TestClient phone = caughtUp(phone());
    TestClient tablet = caughtUp(device("tablet"));
    post(2);
    for (TestClient client : List.of(phone, tablet)) {
      client.next("notification:new", one -> one.get("offset").asLong() == 2);
    }
    ok(phone.request("message:received", object("roomId", room, "offset", 2)));
    awaitCursor(2);
    leave(phone);
    leave(tablet);

    assertThat(offsets(caughtUp(phone()))).isEmpty();
    assertThat(offsets(caughtUp(device("tablet")))).containsExactly("1", "2");
  }

  @Test
  void deviceThatIsNewStartsAtTheTop() {
    post(2);

    TestClient phone = phone();

    assertThat(top(phone.next("session:caughtUp"))).isEqualTo(2);
    phone.expectNone("notification:new");
    post(1);
    assertThat(phone.next("notification:new").get("offset").asLong()).isEqualTo(3);
  }

  @Test
  void firstOneOfAUserComesToADeviceThatIsThere() {
    TestClient phone = caughtUp(phone());

    post(1);

    assertThat(phone.next("notification:new").get("offset").asLong()).isEqualTo(1);
    leave(phone);
    assertThat(offsets(caughtUp(phone()))).containsExactly("1");
  }

  @Test
  void sessionWithoutADeviceIsToldWhatComesOnly() {
    post(2);

    TestClient patient = clinic.patient(ann);
    post(1);

    assertThat(patient.next("notification:new").get("offset").asLong()).isEqualTo(3);
    patient.expectNone("notification:new");
    patient.expectNone("session:caughtUp");
  }

  @Test
  void positionsOfTheClientWin() {
    TestClient phone = caughtUp(phone());
    post(4);
    phone.next("notification:new", one -> one.get("offset").asLong() == 4);
    ok(phone.request("message:received", object("roomId", room, "offset", 3)));
    awaitCursor(3);
    leave(phone);

    TestClient back = caughtUp(resumed(2, epoch()));

    assertThat(offsets(back)).containsExactly("3", "4");
  }

  @Test
  void positionThatCannotBeIsReset() {
    TestClient phone = caughtUp(phone());
    post(3);
    phone.next("notification:new", one -> one.get("offset").asLong() == 3);
    ok(phone.request("message:received", object("roomId", room, "offset", 1)));
    awaitCursor(1);
    leave(phone);

    TestClient above = resumed(4, epoch());
    assertThat(above.next("session:reset"))
        .isEqualTo(object("roomId", room, "reason", "aboveTop", "top", 3));
    assertThat(offsets(caughtUp(above))).containsExactly("2", "3");
    leave(above);
    TestClient elsewhere = resumed(2, "another-history");
    assertThat(elsewhere.next("session:reset"))
        .isEqualTo(object("roomId", room, "reason", "unknownEpoch", "top", 3));
    assertThat(offsets(caughtUp(elsewhere))).containsExactly("2", "3");
  }

  @Test
  void messagesAndNotificationsAreCaughtUpTogether() {
    String doc = newId("doc");
    String visit = clinic.visit(ann, doc);
    TestClient provider = clinic.provider(doc);
    leave(caughtUp(phone()));
    post(150);
    IntStream.range(0, 150)
        .mapToObj(i -> provider.ask("message:send", object("visitId", visit, "message", "m" + i)))
        .toList()
        .forEach(reply -> ok(TestClient.await(reply)));

    TestClient back = phone();
    JsonNode caughtUp = back.next("session:caughtUp");

    assertThat(offsets(back))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 150).mapToObj(Integer::toString).toList());
    assertThat(each(back.takeAll("message:new"), "offset")).hasSize(150);
    assertThat(each(caughtUp.get("rooms"), "roomId"))
        .containsExactlyInAnyOrder(room, "visit:" + visit);
  }

  @Test
  void notificationsOfOthersCannotBeResumed() {
    String bob = newId("bob");
    Notices.post(clinic.backend(), Notices.to(bob));
    TestClient client = clinic.connect();

    client.hello(
        object(
            "token",
            Tokens.patient(ann),
            "resume",
            object("epoch", epoch(), "positions", object("notifications:" + bob, 0))));

    assertThat(client.next("session:caughtUp").get("rooms")).isEmpty();
    client.expectNone("notification:new");
    client.expectNone("session:reset");
  }

  private List<String> post(int count) {
    return IntStream.range(0, count)
        .mapToObj(_ -> Notices.post(clinic.backend(), Notices.to(ann)).getFirst())
        .toList();
  }

  private TestClient phone() {
    return device("phone");
  }

  private TestClient device(String deviceId) {
    return clinic.session(Tokens.patient(ann), deviceId);
  }

  private static TestClient caughtUp(TestClient client) {
    client.next("session:caughtUp");
    return client;
  }

  private TestClient resumed(long position, String epoch) {
    ObjectNode resume = object("epoch", epoch, "positions", object(room, position));
    TestClient client = clinic.connect();
    client.hello(object("token", Tokens.patient(ann), "deviceId", "phone", "resume", resume));
    return client;
  }

  private String epoch() {
    TestClient other = clinic.patient(newId("eve"));
    return other.next("connected").get("epoch").asText();
  }

  private static void leave(TestClient client) {
    client.drop();
  }

  /** Cursors are stored within a second. */
  private void awaitCursor(long offset) {
    try (Connection database = clinic.node().database().connect();
        PreparedStatement cursor =
            database.prepareStatement(
                """
                select from device_cursor c join device d on d.key = c.device_key
                join room r on r.key = c.room_key
                where d.user_id = ? and r.room_id = ? and c."offset" >= ?
                """)) {
      cursor.setString(1, ann);
      cursor.setString(2, room);
      cursor.setLong(3, offset);
      long end = System.nanoTime() + TestClient.DEADLINE.toNanos();
      while (!cursor.executeQuery().next()) {
        assertThat(System.nanoTime()).isLessThan(end);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> offsets(TestClient client) {
    return each(client.takeAll("notification:new"), "offset");
  }

  private long top(JsonNode caughtUp) {
    for (JsonNode each : caughtUp.get("rooms")) {
      if (each.get("roomId").asText().equals(room)) {
        return each.get("top").asLong();
      }
    }
    throw new AssertionError("No " + room + " in " + caughtUp);
  }
}
