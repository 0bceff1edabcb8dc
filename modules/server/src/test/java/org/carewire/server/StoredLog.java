package org.carewire.server;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.carewire.testkit.TestPostgres;
import org.jspecify.annotations.Nullable;

/** The logs of all rooms, as PostgreSQL has them. */
final class StoredLog {
  /** Of one room, by its place there. */
  record StoredEntry(
      long offset,
      String id,
      String sender,
      String clientMessageId,
      String digest,
      Instant storedAt) {}

  private final Map<String, List<StoredEntry>> rooms = new HashMap<>();
  private final Map<String, Long> tops = new HashMap<>();

  static StoredLog read(TestPostgres.Database database) {
    var log = new StoredLog();
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      try (var rows =
          statement.executeQuery(
              """
              select r.room_id, e."offset", e.id, e.sender_id, e.client_message_id,
                e.content->>'message' as text, e.created_at
              from entry e join room r on r.key = e.room_key
              order by r.room_id, e."offset"
              """)) {
        while (rows.next()) {
          log.rooms
              .computeIfAbsent(rows.getString("room_id"), any -> new ArrayList<>())
              .add(
                  new StoredEntry(
                      rows.getLong("offset"),
                      rows.getString("id"),
                      rows.getString("sender_id"),
                      rows.getString("client_message_id"),
                      ModelMessage.digest(rows.getString("text")),
                      rows.getTimestamp("created_at").toInstant()));
        }
      }
      log.tops.putAll(tops(database));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return log;
  }

  static Map<String, Long> tops(TestPostgres.Database database) {
    var tops = new HashMap<String, Long>();
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select room_id, top from room")) {
      while (rows.next()) {
        tops.put(rows.getString("room_id"), rows.getLong("top"));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return tops;
  }

  Map<String, List<StoredEntry>> rooms() {
    return rooms;
  }

  long top(String room) {
    return tops.getOrDefault(room, 0L);
  }

  @Nullable StoredEntry at(String room, long offset) {
    List<StoredEntry> entries = rooms.getOrDefault(room, List.of());
    return offset >= 1 && offset <= entries.size() ? entries.get((int) offset - 1) : null;
  }
}
