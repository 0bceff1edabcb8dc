package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.carewire.testkit.TestPostgres;

/** What a room's log holds, read past the server. */
record StoredEntries(List<Row> rows) {
  record Row(long offset, String sender, String clientMessageId) {}

  static StoredEntries of(TestPostgres.Database database, String room) {
    try (Connection connection = database.connect();
        var select =
            connection.prepareStatement(
                """
                select "offset", sender_id, client_message_id
                from entry join room on room.key = room_key
                where room_id = ?
                order by "offset"
                """)) {
      select.setString(1, room);
      var rows = new ArrayList<Row>();
      try (ResultSet found = select.executeQuery()) {
        while (found.next()) {
          rows.add(new Row(found.getLong(1), found.getString(2), found.getString(3)));
        }
      }
      return new StoredEntries(rows);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  void assertNoGap() {
    assertThat(rows.stream().map(Row::offset))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, rows.size()).boxed().toList());
  }
}
