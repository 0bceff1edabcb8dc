package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;

/** An entry whose writer died between the commit and telling anybody reaches the members. */
class UntoldEntryTest {
  /** Stores the next entry of a room, and tells nobody. */
  private static final String STORE =
      """
      with room_before as (
        update room set top = top + 1, updated_at = now() where room_id = ? returning key, top
      )
      insert into entry (room_key, "offset", id, kind, sender_id, content, created_at)
      select key, top, uuidv7(), 'message', ?,
        '{"message":"untold","attachments":[],"metadata":{"senderRole":"provider"}}', now()
      from room_before
      """;

  @Test
  void entryOfWhichNobodyWasToldReachesTheMembersWithinTwoSeconds() throws SQLException {
    try (Clinic clinic = Clinic.open()) {
      String ann = newId("ann");
      String doc = newId("doc");
      String room = "visit:" + clinic.visit(ann, doc);
      TestClient phone = clinic.session(Tokens.patient(ann), "phone");
      phone.next("session:caughtUp");
      TestClient browser = clinic.patient(ann);
      TestClient provider = clinic.provider(doc);
      ok(provider.request("message:send", object("roomId", room, "message", "told")));
      phone.next("message:new");
      browser.next("message:new");

      storeUntold(clinic, room, doc);

      Duration limit = Duration.ofSeconds(2);
      assertThat(phone.next("message:new", limit).get("offset").asInt()).isEqualTo(2);
      assertThat(browser.next("message:new", limit).get("offset").asInt()).isEqualTo(2);
      ok(provider.request("message:send", object("roomId", room, "message", "and on")));
      assertThat(phone.next("message:new").get("offset").asInt()).isEqualTo(3);
      phone.expectNone("message:new");
    }
  }

  private static void storeUntold(Clinic clinic, String room, String sender) throws SQLException {
    try (Connection database = clinic.node().database().connect();
        PreparedStatement store = database.prepareStatement(STORE)) {
      store.setString(1, room);
      store.setString(2, sender);
      assertThat(store.executeUpdate()).isEqualTo(1);
    }
  }
}
