package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a device acknowledges is kept for it. */
class DeviceCursorTest {
  private static final Duration STORED_WITHIN = Duration.ofSeconds(3);

  private Clinic clinic;
  private String ann = "";
  private String doc = "";
  private String room = "";

  @BeforeEach
  void openVisit() throws SQLException {
    clinic = Clinic.open();
    ann = newId("ann");
    doc = newId("doc");
    room = "visit:" + clinic.visit(ann, doc);
    try (Connection connection = clinic.node().database().connect();
        var statement = connection.createStatement()) {
      statement.execute(
          """
          insert into device (tenant_id, user_id, device_id, seen_at)
          select 'default', '%s', d, now() from unnest(array['phone', 'laptop', 'idle']) d
          """
              .formatted(doc));
    }
  }

  @Test
  void eachDeviceHasTheHighestOffsetItAcknowledgedInEachRoomOwnMessagesToo() throws SQLException {
    try (Clinic _ = clinic) {
      TestClient patient = clinic.patient(ann);
      TestClient phone = clinic.session(Tokens.provider(doc), "phone");
      TestClient laptop = clinic.session(Tokens.provider(doc), "laptop");
      String other = "visit:" + clinic.visit(ann, doc);
      send(patient, room);
      String second = send(patient, room);
      String own = send(phone, room);
      send(patient, other);

      ok(phone.request("message:received", object("messageId", own)));
      ok(phone.request("message:received", object("roomId", room, "offset", 1)));
      ok(laptop.request("message:read", object("messageIds", array(second))));
      ok(laptop.request("message:received", object("roomId", other, "offset", 1)));
      ok(clinic.provider(doc).request("message:read", object("roomId", room, "offset", 3)));

      awaitCursors("laptop " + room + " 2", "laptop " + other + " 1", "phone " + room + " 3");
    }
  }

  @Test
  void drainedNodeHasStoredWhatItAnswered() throws SQLException {
    TestClient patient = clinic.patient(ann);
    TestClient phone = clinic.session(Tokens.provider(doc), "phone");
    send(patient, room);
    send(patient, room);

    ok(phone.request("message:received", object("roomId", room, "offset", 2)));
    TestPostgres.Database database = clinic.node().database();
    clinic.close();

    assertThat(cursors(database)).containsExactly("phone " + room + " 2");
  }

  private static String send(TestClient client, String room) {
    return ok(client.request("message:send", object("roomId", room, "message", "hello")))
        .at("/message/id")
        .asText();
  }

  private void awaitCursors(String... expected) throws SQLException {
    long end = System.nanoTime() + STORED_WITHIN.toNanos();
    List<String> found = cursors(clinic.node().database());
    while (!found.equals(List.of(expected)) && System.nanoTime() < end) {
      Thread.onSpinWait();
      found = cursors(clinic.node().database());
    }
    assertThat(found).containsExactly(expected);
  }

  private List<String> cursors(TestPostgres.Database database) throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                select device_id || ' ' || room_id || ' ' || "offset"
                from device_cursor
                join device d on d.key = device_key
                join room r on r.key = room_key
                where d.user_id = ?
                order by device_id, r.key
                """)) {
      statement.setString(1, doc);
      var found = new ArrayList<String>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
      return found;
    }
  }
}
