package org.carewire.server;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.carewire.testkit.TestPostgres;
import org.jspecify.annotations.Nullable;

/**
 * All notifications as PostgreSQL has them.
 *
 * @param counted how many each user has not read, as the server counts them
 * @param missed whom calls have missed, as {@code <call> <user>}
 */
record StoredNotifications(List<Stored> all, Map<String, Long> counted, TreeSet<String> missed) {

  /**
   * A notification in the log of a user.
   *
   * @param topic null where the user was named
   * @param call that was missed; null where it tells of none
   * @param isBeside whether there is the row that says whether it is read
   */
  record Stored(
      String user,
      long offset,
      String id,
      String type,
      String text,
      @Nullable String topic,
      @Nullable String call,
      Instant storedAt,
      boolean isBeside,
      boolean isRead) {}

  private static final String ALL =
      """
      select substr(r.room_id, 15) as user_id, e."offset", e.id::text as id, e.created_at,
        e.content->>'type' as type, e.content->>'message' as text, e.content->>'topic' as topic,
        e.content->'data'->>'callId' as call, n.room_key is not null as beside,
        n.read_at is not null or n."offset" <= i.read_up_to as read
      from entry e
      join room r on r.key = e.room_key
      left join inbox i on i.room_key = e.room_key
      left join notification n on n.room_key = e.room_key and n."offset" = e."offset"
      where e.kind = 'notification'
      order by 1, 2
      """;

  private static final String MISSED =
      """
      select c.call_id || ' ' || (p->>'user') as missed
      from call c cross join json_array_elements(c.state->'parties') as p
      where p->>'state' = 'missed' and c.ended_at is not null
      """;

  static StoredNotifications read(TestPostgres.Database database) {
    var all = new ArrayList<Stored>();
    var counted = new HashMap<String, Long>();
    var missed = new TreeSet<String>();
    try (Connection connection = database.connect();
        var select = connection.createStatement()) {
      try (ResultSet rows = select.executeQuery(ALL)) {
        while (rows.next()) {
          all.add(stored(rows));
        }
      }
      try (ResultSet rows = select.executeQuery("select user_id, unread from inbox")) {
        while (rows.next()) {
          counted.put(rows.getString("user_id"), rows.getLong("unread"));
        }
      }
      try (ResultSet rows = select.executeQuery(MISSED)) {
        while (rows.next()) {
          missed.add(rows.getString("missed"));
        }
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return new StoredNotifications(all, counted, missed);
  }

  private static Stored stored(ResultSet row) throws SQLException {
    return new Stored(
        row.getString("user_id"),
        row.getLong("offset"),
        row.getString("id"),
        row.getString("type"),
        row.getString("text"),
        row.getString("topic"),
        row.getString("call"),
        row.getTimestamp("created_at").toInstant(),
        row.getBoolean("beside"),
        row.getBoolean("read"));
  }

  /** Whether nothing is left that is to be sent later. */
  static boolean areSent(TestPostgres.Database database) {
    return number(database, "select count(*) from notification_post where done_at is null") == 0
        && number(database, "select count(*) from notification_planned") == 0;
  }

  /** Of all users to topics. */
  static long subscriptions(TestPostgres.Database database) {
    return number(database, "select count(*) from topic_subscription");
  }

  private static long number(TestPostgres.Database database, String sql) {
    try (Connection connection = database.connect();
        var select = connection.createStatement();
        ResultSet rows = select.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** How many a user has not read, one by one. */
  long unread(String user) {
    return all.stream().filter(one -> one.user().equals(user) && !one.isRead()).count();
  }
}
