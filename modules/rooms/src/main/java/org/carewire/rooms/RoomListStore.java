package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.carewire.protocol.Caller;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** The rooms a user is a member of. */
public final class RoomListStore {
  /**
   * Rooms that changed in the same instant stay on one page, as the next begins before it. The
   * {@code offset 0} keep what is below from what is above: rooms are looked up one by one, and
   * sorted before {@code may_chat} is asked, which is thus for one page and not for all rooms.
   */
  static final String LIST =
      """
      with page as (
        select *
        from (
          select r.key, r.tenant_id, r.room_id, r.kind as room_kind, r.top, r.updated_at, m.read,
            m.delivered
          from room_member m
          cross join lateral (select * from room where key = m.room_key offset 0) as r
          where m.tenant_id = $1 and m.user_id = $2 and r.kind in ('chat', 'visit', 'group')
            and r.updated_at < $3
          order by r.updated_at desc
          offset 0
        ) as candidate
        where room_kind <> 'chat' or $5 or may_chat(tenant_id, room_id)
        order by updated_at desc
        fetch first $4 rows with ties
      )
      select p.*, e."offset", e.id, e.kind, e.sender_id, e.client_message_id,
        e.content::text as content, e.created_at, o.members, o.delivered_to_all, o.read_by_all
      from page p
      left join entry e on e.room_key = p.key and e."offset" = p.top
      cross join lateral (
        select array_agg(m.user_id order by m.user_id) as members,
          min(m.delivered) filter (where m.user_id is distinct from e.sender_id)
            as delivered_to_all,
          min(m.read) filter (where m.user_id is distinct from e.sender_id) as read_by_all
        from room_member m
        where m.room_key = p.key
      ) as o
      order by p.updated_at desc, p.room_id
      """;

  /** Later than any room. */
  private static final OffsetDateTime END = OffsetDateTime.parse("9999-01-01T00:00:00Z");

  /**
   * One room of the user.
   *
   * @param last the entry at {@code top}; absent in an empty room
   * @param deliveredToAll up to which all but the sender of {@code last} have received; absent
   *     where there is nobody else
   * @param readByAll up to which they have read
   */
  public record ListedRoom(
      RoomId room,
      long top,
      long read,
      long delivered,
      Instant updatedAt,
      @Nullable Entry last,
      @Nullable Long deliveredToAll,
      @Nullable Long readByAll,
      List<UserId> members) {}

  private final Pool pool;

  public RoomListStore(Pool pool) {
    this.pool = pool;
  }

  /** Newest first; more than {@code limit} only where several changed in the same instant. */
  public Future<List<ListedRoom>> list(Caller caller, @Nullable Instant before, int limit) {
    return pool.preparedQuery(LIST)
        .execute(
            Tuple.of(
                caller.tenant().value(),
                caller.user().value(),
                before == null ? END : before.atOffset(ZoneOffset.UTC),
                limit,
                caller.role().isCareStaff()))
        .map(
            rows -> {
              var rooms = new ArrayList<ListedRoom>(rows.size());
              rows.forEach(row -> rooms.add(room(row)));
              return rooms;
            });
  }

  private static ListedRoom room(Row row) {
    RoomId room = RoomId.parse(row.getString("room_id"));
    return new ListedRoom(
        room,
        row.getLong("top"),
        row.getLong("read"),
        row.getLong("delivered"),
        row.getOffsetDateTime("updated_at").toInstant(),
        row.getLong("offset") == null ? null : EntryStore.entry(room, row),
        row.getLong("delivered_to_all"),
        row.getLong("read_by_all"),
        Arrays.stream(row.getArrayOfStrings("members")).map(UserId::new).toList());
  }
}
