package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.Test;

/** A room that somebody else holds makes nobody wait but those who write to it. */
class ContentionTest {
  private static final int ROOMS = 20;
  private static final int MESSAGES = 5;

  @Test
  void onlyTheRoomThatIsLockedWaits() throws SQLException {
    try (Clinic clinic = Clinic.open();
        Connection other = clinic.node().database().connect()) {
      String doc = newId("doc");
      TestClient provider = clinic.provider(doc);
      List<String> rooms =
          IntStream.range(0, ROOMS)
              .mapToObj(_ -> "visit:" + clinic.visit(newId("ann"), doc))
              .toList();
      lock(other, rooms.getFirst());

      var toLocked = new ArrayList<CompletableFuture<JsonNode>>();
      var toOthers = new ArrayList<CompletableFuture<JsonNode>>();
      for (int i = 0; i < MESSAGES; i++) {
        toLocked.add(send(provider, rooms.getFirst(), i));
        rooms.stream().skip(1).forEach(room -> toOthers.add(send(provider, room, 0)));
      }

      toOthers.forEach(reply -> ok(TestClient.await(reply)));
      assertThat(toLocked).noneMatch(CompletableFuture::isDone);
      other.rollback();
      for (int i = 0; i < MESSAGES; i++) {
        JsonNode message = ok(TestClient.await(toLocked.get(i))).get("message");
        assertThat(message.get("message").asText()).isEqualTo("m" + i);
        assertThat(message.get("offset").asInt()).isEqualTo(i + 1);
      }
    }
  }

  private static CompletableFuture<JsonNode> send(TestClient client, String room, int number) {
    return client.ask("message:send", object("roomId", room, "message", "m" + number));
  }

  private static void lock(Connection connection, String room) throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement lock =
        connection.prepareStatement("select from room where room_id = ? for update")) {
      lock.setString(1, room);
      assertThat(lock.executeQuery().next()).isTrue();
    }
  }
}
