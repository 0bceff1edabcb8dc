package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.carewire.protocol.ClientMessageId;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.History.Receipt;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** Reads room logs and what belongs to them; access is for the caller to check. */
public final class EntryStore {
  private static final String ENTRIES =
      """
      select * from (
        select "offset", id, kind, sender_id, client_message_id, content::text as content,
          created_at,
          sum(octet_length(content::text)) over (order by "offset" %1$s)
            - octet_length(content::text) as bytes_before
        from (
          select * from entry
          where room_key = $1 and "offset" > $2 and "offset" < $3
          order by "offset" %1$s
          limit $4
        ) as entry
      ) as page
      where bytes_before < $5
      order by "offset" %1$s
      """;

  static final String NEWEST = ENTRIES.formatted("desc");
  static final String OLDEST = ENTRIES.formatted("asc");

  static final String RECEIPTS =
      "select user_id, delivered, read from room_member where room_key = $1 order by user_id";

  private static final String FIRST_AT = "select first_offset_at($1, $2, $3) as first";

  private final Pool pool;

  public EntryStore(Pool pool) {
    this.pool = pool;
  }

  /**
   * At most {@code limit} entries between two offsets, both excluded, and none beyond those whose
   * contents together have {@code maxBytes}.
   *
   * @param newest whether to take those next to {@code before}, newest first; else those next to
   *     {@code after}, oldest first
   */
  public Future<List<Entry>> entries(
      RoomId room, long roomKey, long after, long before, int limit, int maxBytes, boolean newest) {
    return pool.preparedQuery(newest ? NEWEST : OLDEST)
        .execute(Tuple.of(roomKey, after, before, limit, maxBytes))
        .map(rows -> entries(room, rows));
  }

  /** The first offset not older than {@code time}; above {@code top} where there is none. */
  public Future<Long> firstOffsetAt(long roomKey, long top, Instant time) {
    return pool.preparedQuery(FIRST_AT)
        .execute(Tuple.of(roomKey, top, time.atOffset(ZoneOffset.UTC)))
        .map(rows -> rows.iterator().next().getLong("first"));
  }

  /** How far each member has come. */
  public Future<List<Receipt>> receipts(long roomKey) {
    return pool.preparedQuery(RECEIPTS)
        .execute(Tuple.of(roomKey))
        .map(
            rows -> {
              var receipts = new ArrayList<Receipt>(rows.size());
              for (Row row : rows) {
                receipts.add(
                    new Receipt(
                        new UserId(row.getString("user_id")),
                        row.getLong("delivered"),
                        row.getLong("read")));
              }
              return receipts;
            });
  }

  private static List<Entry> entries(RoomId room, RowSet<Row> rows) {
    var entries = new ArrayList<Entry>(rows.size());
    rows.forEach(row -> entries.add(entry(room, row)));
    return entries;
  }

  static Entry entry(RoomId room, Row row) {
    return new Entry(
        room,
        row.getLong("offset"),
        new EntryId(row.getUUID("id")),
        EntryKind.ofSqlName(row.getString("kind")),
        optional(row.getString("sender_id"), UserId::new),
        optional(row.getString("client_message_id"), ClientMessageId::new),
        RawJson.of(row.getString("content")),
        row.getOffsetDateTime("created_at").toInstant());
  }

  private static <T> @Nullable T optional(@Nullable String value, Function<String, T> type) {
    return value == null ? null : type.apply(value);
  }
}
