package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.carewire.protocol.Caller;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.ListNotifications;
import org.carewire.protocol.NotificationJson;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.ReadLog.Stretch;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.UserUnread;

/** Reads what is in the inboxes of users. */
final class NotificationStore {
  /** Of the log at once. */
  private static final int STRETCH = 50;

  /** What a notification has beside its content, at most. */
  private static final int ENVELOPE_BYTES = 300;

  /**
   * The columns of a page; it always has a row, which has no offset where there is none to be read.
   * {@code size} is what it has with this row, {@code found} how many rows there are without regard
   * to that.
   */
  private static final String PAGE =
      """
      select * from (
        select i.unread, i.version, e."offset", e.id, e.created_at, e.content,
          coalesce(
            n.read_at,
            (select a.read_at from inbox_read_all a
             where a.room_key = i.room_key and a.up_to >= e."offset" order by a.up_to limit 1))
            as read_at,
          count(*) over () as found,
          row_number() over (order by e."offset" %1$s) as place,
          sum(octet_length(e.content) + $4) over (order by e."offset" %1$s) as size
        from (select) as always
        left join inbox i on i.tenant_id = $1 and i.user_id = $2
        %2$s
        left join lateral (
          select read_at from notification
          where room_key = i.room_key and "offset" = e."offset" limit 1) as n on true
      ) as page
      where place = 1 or size < $5
      order by "offset" %1$s
      """;

  private static final String LIST =
      PAGE.formatted(
          "desc",
          """
          left join room r on r.key = i.room_key
          cross join lateral (
            select case when $3::timestamptz is null then r.top + 1
              else first_offset_at(i.room_key, r.top, $3) end as "offset") as before
          left join lateral (
            select s."offset", e.id, e.created_at, e.content::text as content
            from (
              select "offset" from notification
              where room_key = i.room_key and "offset" < before."offset" %s
              order by "offset" desc
              limit $6
            ) as s
            cross join lateral (
              select id, created_at, content from entry
              where room_key = i.room_key and "offset" = s."offset" limit 1) as e
          ) as e on true
          """);

  static final String ALL = LIST.formatted("");
  static final String UNREAD = LIST.formatted("and read_at is null and \"offset\" > i.read_up_to");

  static final String LOG =
      PAGE.formatted(
          "asc",
          """
          left join lateral (
            select "offset", id, created_at, content::text as content
            from entry
            where room_key = i.room_key and "offset" > $3 and "offset" <= $6
            order by "offset"
            limit $7
          ) as e on true
          """);

  /** A notification as it stands on the wire. */
  record Listed(long offset, RawJson json) {}

  /**
   * Some notifications of a user.
   *
   * @param hasMore whether there are more than was asked for, or than fit
   */
  record Page(List<Listed> notifications, boolean hasMore, UserUnread unread) {}

  private final Pool pool;
  private final int pageBytes;

  NotificationStore(Pool pool, int pageBytes) {
    this.pool = pool;
    this.pageBytes = pageBytes;
  }

  /** The newest first. */
  Future<Page> list(Caller caller, ListNotifications command) {
    Instant before = command.before();
    return pool.preparedQuery(command.unreadOnly() ? UNREAD : ALL)
        .execute(
            Tuple.of(
                caller.tenant().value(),
                caller.user().value(),
                before == null ? null : before.atOffset(ZoneOffset.UTC),
                ENVELOPE_BYTES,
                pageBytes,
                command.limit() + 1))
        .map(rows -> page(caller, rows, command.limit()));
  }

  /** The oldest of a part of the log first. */
  Future<Page> read(Caller caller, Stretch stretch, int maxBytes) {
    return pool.preparedQuery(LOG)
        .execute(
            Tuple.of(
                    caller.tenant().value(),
                    caller.user().value(),
                    stretch.after(),
                    ENVELOPE_BYTES,
                    maxBytes,
                    stretch.upTo())
                .addInteger(STRETCH))
        .map(rows -> page(caller, rows, STRETCH));
  }

  private static Page page(Caller caller, RowSet<Row> rows, int limit) {
    var listed = new ArrayList<Listed>();
    long found = 0;
    var unread = new UserUnread(caller.user(), 0, 0);
    for (Row row : rows) {
      if (row.getLong("version") != null) {
        unread = new UserUnread(caller.user(), row.getLong("unread"), row.getLong("version"));
      }
      if (row.getLong("offset") != null && listed.size() < limit) {
        found = row.getLong("found");
        listed.add(listed(caller, row));
      }
    }
    return new Page(listed, listed.size() < found, unread);
  }

  private static Listed listed(Caller caller, Row row) {
    long offset = row.getLong("offset");
    return new Listed(
        offset,
        NotificationJson.of(
            RoomId.notifications(caller.user()),
            new EntryId(row.getUUID("id")),
            offset,
            row.getOffsetDateTime("created_at").toInstant(),
            row.getString("content"),
            InboxStore.time(row, "read_at")));
  }
}
