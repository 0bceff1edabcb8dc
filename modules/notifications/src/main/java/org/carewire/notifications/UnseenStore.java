package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** Messages that no device of a member has acknowledged, and who was notified of them. */
final class UnseenStore {
  /** One that looks keeps the others from looking. */
  static final String CLAIM =
      """
      select m.up_to, e.id as last
      from (select up_to from unseen_mark for update skip locked) as m
      cross join lateral (
        select id
        from (select id from entry where id > m.up_to and id < $1 order by id limit $2) as next
        order by id desc
        limit 1
      ) as e
      """;

  /**
   * Each member who is behind in a room is looked at once, however many entries there are. The
   * laterals have rows found by their keys, whatever the tables were like when this was planned.
   */
  static final String FIND =
      """
      with stretch as materialized (
        select room_key, "offset" from entry
        where id > $1 and id <= $2 and kind = 'message'
      ), touched as (
        select room_key, min("offset") as first, max("offset") as last
        from stretch
        group by room_key
      ), behind as materialized (
        select t.room_key, r.tenant_id, r.room_id, r.kind, m.user_id, e.id, e."offset"
        from touched t
        cross join lateral (
          select tenant_id, room_id, kind from room where key = t.room_key limit 1) as r
        cross join lateral (
          select user_id, delivered, read from room_member
          where room_key = t.room_key and delivered < t.last
          offset 0) as m
        left join lateral (
          select "offset", notification_id from message_notice
          where room_key = t.room_key and user_id = m.user_id
          limit 1) as n on true
        cross join lateral (
          select id, "offset" from entry
          where room_key = t.room_key
            and "offset" between greatest(t.first, m.delivered + 1, n."offset" + 1) and t.last
            and id <= $2
            and sender_id <> m.user_id
            and content #>> '{metadata,messageType}' is distinct from 'call'
          order by "offset"
          limit 1) as e
        where n."offset" is null
          or m.read >= n."offset"
          or exists (
            select
            from (select room_key, "offset" from entry where id = n.notification_id limit 1) as a
            cross join lateral (
              select read_at from notification
              where room_key = a.room_key and "offset" = a."offset" limit 1) as o
            cross join lateral (
              select read_up_to from inbox where room_key = a.room_key limit 1) as i
            where o.read_at is not null or a."offset" <= i.read_up_to)
      )
      select room_key, tenant_id, room_id, user_id, id, "offset"
      from behind
      where kind <> 'chat' or may_chat(tenant_id, room_id)
      limit $3
      """;

  private static final String NOTE =
      """
      insert into message_notice (room_key, user_id, "offset", notification_id)
      select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[])
      on conflict (room_key, user_id) do update
      set "offset" = excluded."offset", notification_id = excluded.notification_id
      """;

  private static final String MOVE = "update unseen_mark set up_to = $1";

  /** Entries in the order of their ids: those above one, up to another. */
  record Stretch(UUID above, UUID last) {}

  /** A message of a room. */
  record Message(TenantId tenant, RoomId room, EntryId id, long offset) {}

  /**
   * What a user has not seen.
   *
   * @param message the first of a stretch
   */
  record Unseen(long roomKey, UserId user, Message message) {}

  private UnseenStore() {}

  /**
   * The next entries to look at; empty where there are none, or somebody else looks. Until the end
   * of the transaction nobody else does.
   *
   * @param before only entries from before then
   */
  static Future<Optional<Stretch>> claim(SqlConnection connection, Instant before, int entries) {
    return connection
        .preparedQuery(CLAIM)
        .execute(Tuple.of(firstIdAt(before), entries))
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.of(new Stretch(row.getUUID("up_to"), row.getUUID("last")));
              }
              return Optional.empty();
            });
  }

  /** No id that was made since then is lower. */
  private static UUID firstIdAt(Instant time) {
    return new UUID(time.toEpochMilli() << 16 | 0x7000, 0x8000_0000_0000_0000L);
  }

  /** Those who are to be notified; whoever was notified of the same is not among them. */
  static Future<List<Unseen>> find(SqlConnection connection, Stretch stretch, int limit) {
    return connection
        .preparedQuery(FIND)
        .execute(Tuple.of(stretch.above(), stretch.last(), limit))
        .map(
            rows -> {
              var found = new ArrayList<Unseen>(rows.size());
              rows.forEach(row -> found.add(unseen(row)));
              return found;
            });
  }

  private static Unseen unseen(Row row) {
    return new Unseen(
        row.getLong("room_key"),
        new UserId(row.getString("user_id")),
        new Message(
            new TenantId(row.getString("tenant_id")),
            RoomId.parse(row.getString("room_id")),
            new EntryId(row.getUUID("id")),
            row.getLong("offset")));
  }

  /**
   * Notes who is notified.
   *
   * @param ids of the notifications, in the same order
   */
  static Future<?> note(SqlConnection connection, List<Unseen> unseen, List<EntryId> ids) {
    return connection
        .preparedQuery(NOTE)
        .execute(
            Tuple.of(
                array(unseen, Unseen::roomKey, Long[]::new),
                array(unseen, one -> one.user().value(), String[]::new),
                array(unseen, one -> one.message().offset(), Long[]::new),
                array(ids, EntryId::value, UUID[]::new)));
  }

  /** All in the stretch are settled. */
  static Future<?> settle(SqlConnection connection, Stretch stretch) {
    return connection.preparedQuery(MOVE).execute(Tuple.of(stretch.last()));
  }

  private static <S, T> T[] array(List<S> values, Function<S, T> field, IntFunction<T[]> array) {
    return values.stream().map(field).toArray(array);
  }
}
