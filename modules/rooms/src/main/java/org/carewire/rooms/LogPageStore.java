package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carewire.protocol.Caller;
import org.carewire.protocol.History.Receipt;
import org.carewire.protocol.ReadLog;
import org.carewire.protocol.ReadLog.Stretch;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.UserId;

/**
 * Reads on in several room logs at once, for who has missed something: a member, or an admin who
 * has joined.
 */
public final class LogPageStore {
  /** Of each room, so that a long absence in one does not hold up the others. */
  private static final int ENTRIES_A_ROOM = 50;

  /** Receipts of larger rooms are told by the history only. */
  private static final int MAX_RECEIPTS = 50;

  /** A room without entries to read has one row, which says whether the caller may read it. */
  private static final String READ =
      """
      select * from (
        select s.n, a.allowed, e."offset", e.id, e.kind, e.sender_id, e.client_message_id,
          e.content, e.created_at,
          coalesce(sum(octet_length(e.content)) over (
            order by s.n, e."offset" rows between unbounded preceding and 1 preceding), 0)
            as bytes_before
        from unnest($3::text[], $4::bigint[], $5::bigint[]) with ordinality
          as s (room_id, after, up_to, n)
        left join room r on r.tenant_id = $1 and r.room_id = s.room_id
        left join room_member m on m.room_key = r.key and m.user_id = $2
        cross join lateral (
          select case
            when m.user_id is null then $9 and r.key is not null
            else r.kind <> 'chat' or $6 or may_chat(r.tenant_id, r.room_id)
          end as allowed) as a
        left join lateral (
          select "offset", id, kind, sender_id, client_message_id, content::text as content,
            created_at
          from entry
          where room_key = r.key and a.allowed and "offset" > s.after and "offset" <= s.up_to
          order by "offset"
          limit $7) as e on true
      ) as page
      where bytes_before < $8
      order by n, "offset"
      """;

  private static final String RECEIPTS =
      """
      select r.room_id, m.user_id, m.delivered, m.read
      from room r
      cross join lateral (
        select user_id, delivered, read from room_member where room_key = r.key limit $3) as m
      where r.tenant_id = $1 and r.room_id = any ($2::text[])
      """;

  /**
   * A page.
   *
   * @param receipts of the members of rooms that are not large
   * @param denied rooms that the caller may not read
   * @param isFull whether it ends where it would have become too large
   */
  public record Page(
      List<Entry> entries,
      Map<RoomId, List<Receipt>> receipts,
      Set<RoomId> denied,
      boolean isFull) {}

  private final Pool pool;

  public LogPageStore(Pool pool) {
    this.pool = pool;
  }

  /** The first entries of each stretch, in the order of the stretches. */
  public Future<Page> read(Caller caller, ReadLog command) {
    List<Stretch> stretches = command.stretches();
    String[] rooms = stretches.stream().map(at -> at.room().value()).toArray(String[]::new);
    String tenant = caller.tenant().value();
    Future<RowSet<Row>> entries =
        pool.preparedQuery(READ)
            .execute(
                Tuple.of(
                        tenant,
                        caller.user().value(),
                        rooms,
                        stretches.stream().map(Stretch::after).toArray(Long[]::new),
                        stretches.stream().map(Stretch::upTo).toArray(Long[]::new))
                    .addBoolean(caller.role().isCareStaff())
                    .addInteger(ENTRIES_A_ROOM)
                    .addInteger(command.maxBytes())
                    .addBoolean(caller.isAdmin()));
    Future<RowSet<Row>> receipts =
        pool.preparedQuery(RECEIPTS).execute(Tuple.of(tenant, rooms, MAX_RECEIPTS + 1));
    return Future.all(entries, receipts)
        .map(_ -> page(stretches, entries.result(), receipts.result()));
  }

  private static Page page(List<Stretch> stretches, RowSet<Row> rows, RowSet<Row> receiptRows) {
    var entries = new ArrayList<Entry>(rows.size());
    Set<RoomId> denied = new HashSet<>();
    int reached = 0;
    for (Row row : rows) {
      reached = row.getInteger("n");
      RoomId room = stretches.get(reached - 1).room();
      if (!row.getBoolean("allowed")) {
        denied.add(room);
      } else if (row.getLong("offset") != null) {
        entries.add(EntryStore.entry(room, row));
      }
    }
    return new Page(entries, receipts(receiptRows), denied, reached < stretches.size());
  }

  private static Map<RoomId, List<Receipt>> receipts(RowSet<Row> rows) {
    Map<RoomId, List<Receipt>> receipts = new HashMap<>();
    for (Row row : rows) {
      receipts
          .computeIfAbsent(RoomId.parse(row.getString("room_id")), _ -> new ArrayList<>())
          .add(
              new Receipt(
                  new UserId(row.getString("user_id")),
                  row.getLong("delivered"),
                  row.getLong("read")));
    }
    receipts.values().removeIf(ofRoom -> ofRoom.size() > MAX_RECEIPTS);
    return receipts;
  }
}
