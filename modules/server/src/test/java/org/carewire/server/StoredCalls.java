package org.carewire.server;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.carewire.testkit.TestPostgres;
import org.jspecify.annotations.Nullable;

/**
 * All calls as PostgreSQL has them, the oldest first.
 *
 * @param strayLive rows of users in calls that there are not
 */
record StoredCalls(List<StoredCall> calls, long strayLive) {

  /**
   * A call.
   *
   * @param endedAt null where it goes on
   * @param status the final one; empty where it goes on
   * @param reason the same
   * @param records entries that say how it was, in any room
   * @param live rows of users who are rung by it or in it
   * @param untold rows of what is still to be told of it
   */
  record StoredCall(
      String id,
      @Nullable String room,
      int parties,
      @Nullable Instant endedAt,
      String status,
      String reason,
      long records,
      long live,
      long untold) {

    /** Whether it is over, and nothing is left of it but itself. */
    boolean isClosed() {
      return endedAt != null && live == 0 && untold == 0;
    }
  }

  private static final String CALLS =
      """
      select c.call_id::text, c.room_id, json_array_length(c.state->'parties') as parties, c.ended_at,
        coalesce(c.state->'state'->>'status', '') as status,
        coalesce(c.state->'state'->>'reason', '') as reason,
        coalesce(r.records, 0) as records,
        (select count(*) from call_live l where l.call_id = c.call_id) as live,
        (select count(*) from call_effect e where e.call_id = c.call_id) as untold
      from call c
      left join (
        select content->'metadata'->'call'->>'callId' as call_id, count(*) as records
        from entry
        where content->'metadata'->>'messageType' = 'call'
        group by 1) r
        on r.call_id = c.call_id::text
      order by c.created_at
      """;

  static StoredCalls read(TestPostgres.Database database) {
    try (Connection connection = database.connect()) {
      var calls = new ArrayList<StoredCall>();
      try (var select = connection.createStatement();
          ResultSet rows = select.executeQuery(CALLS)) {
        while (rows.next()) {
          Timestamp ended = rows.getTimestamp("ended_at");
          calls.add(
              new StoredCall(
                  rows.getString("call_id"),
                  rows.getString("room_id"),
                  rows.getInt("parties"),
                  ended == null ? null : ended.toInstant(),
                  rows.getString("status"),
                  rows.getString("reason"),
                  rows.getLong("records"),
                  rows.getLong("live"),
                  rows.getLong("untold")));
        }
      }
      return new StoredCalls(calls, strayLive(connection));
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static long strayLive(Connection connection) throws SQLException {
    try (var select = connection.createStatement();
        ResultSet rows =
            select.executeQuery(
                """
                select count(*) from call_live where call_id not in (select call_id from call)
                """)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  List<StoredCall> of(String room) {
    return calls.stream().filter(call -> room.equals(call.room())).toList();
  }

  /** Whether all are over, and nothing is left of them but themselves. */
  boolean areClosed() {
    return strayLive == 0 && calls.stream().allMatch(StoredCall::isClosed);
  }
}
