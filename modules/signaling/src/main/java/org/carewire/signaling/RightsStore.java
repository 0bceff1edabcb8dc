package org.carewire.signaling;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.carewire.protocol.Caller;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** What the database knows of a caller and whom it calls. */
final class RightsStore {
  private static final String FIND =
      """
      select r.key is not null as room_exists,
        exists (select from room_member m where m.room_key = r.key and m.user_id = $2) as member,
        exists (select from visit v where v.tenant_id = $1 and v.room_key = r.key
          and v.visit_id = split_part($3, ':', 2) and v.status = 'cancelled') as cancelled,
        array(
          select m.user_id from room_member m
          where m.room_key = r.key and m.user_id <> $2 order by m.user_id limit $5) as others,
        array(
          select u.user_id from unnest($4::text[]) as u (user_id)
          where not exists (
            select
            from room_member one
            join room_member other using (room_key)
            join room shared on shared.key = one.room_key
            where one.tenant_id = $1 and one.user_id = $2
              and other.tenant_id = $1 and other.user_id = u.user_id
              and shared.kind in ('visit', 'group'))) as strangers,
        (select c.created_at from call c
          where c.tenant_id = $1 and c.caller_id = $2 and c.created_at > $7
          order by c.created_at desc offset $6 limit 1) as earlier
      from (select) as always
      left join room r on r.tenant_id = $1 and r.room_id = $3
      """;

  /**
   * The facts.
   *
   * @param member whether the caller is one of the room
   * @param others members of the room beside the caller
   * @param strangers those of the users with whom the caller shares neither a visit nor a group
   * @param earlier when the caller began the call that is as many back as asked for; absent where
   *     that is too long ago to count
   */
  record Found(
      boolean roomExists,
      boolean member,
      boolean cancelled,
      Set<UserId> others,
      List<UserId> strangers,
      @Nullable Instant earlier) {}

  private static final String HOLDERS =
      """
      select w.room_id,
        exists (select from visit v where v.tenant_id = $1 and v.room_key = r.key
          and v.visit_id = split_part(w.room_id, ':', 2) and v.status = 'cancelled') as cancelled,
        case
          when not starts_with(w.room_id, 'chat:')
            then array(select m.user_id from room_member m where m.room_key = r.key)
          when may_chat($1, w.room_id)
            then array[split_part(w.room_id, ':', 2), split_part(w.room_id, ':', 3)]
          else array[]::text[]
        end as members
      from unnest($2::text[]) as w (room_id)
      left join room r on r.tenant_id = $1 and r.room_id = w.room_id
      """;

  /**
   * Who may be in the calls of a room.
   *
   * @param cancelled whether there are to be none
   */
  record Holders(boolean cancelled, Set<UserId> members) {}

  private final Pool pool;

  RightsStore(Pool pool) {
    this.pool = pool;
  }

  /**
   * Looks up what is needed to decide.
   *
   * @param room of a visit or a group, if the call has one
   * @param maxOthers as many members of it are found
   * @param calls before this one, of those since then
   */
  Future<Found> find(
      Caller caller,
      @Nullable RoomId room,
      List<UserId> users,
      int maxOthers,
      int calls,
      Instant since) {
    return pool.preparedQuery(FIND)
        .execute(
            Tuple.tuple()
                .addValue(caller.tenant().value())
                .addValue(caller.user().value())
                .addValue(room == null ? null : room.value())
                .addValue(users.stream().map(UserId::value).toArray(String[]::new))
                .addValue(maxOthers)
                .addValue(calls)
                .addValue(CallStore.utc(since)))
        .map(rows -> found(rows.iterator().next()));
  }

  /** Of each of the rooms. */
  Future<Map<RoomId, Holders>> holders(TenantId tenant, Set<RoomId> rooms) {
    return pool.preparedQuery(HOLDERS)
        .execute(
            Tuple.of(
                tenant.value(), (Object) rooms.stream().map(RoomId::value).toArray(String[]::new)))
        .map(
            rows -> {
              var holders = new HashMap<RoomId, Holders>();
              rows.forEach(
                  row ->
                      holders.put(
                          RoomId.parse(row.getString("room_id")),
                          new Holders(
                              row.getBoolean("cancelled"),
                              users(row.getArrayOfStrings("members"))
                                  .collect(Collectors.toSet()))));
              return holders;
            });
  }

  private static Found found(Row row) {
    OffsetDateTime earlier = row.getOffsetDateTime("earlier");
    return new Found(
        row.getBoolean("room_exists"),
        row.getBoolean("member"),
        row.getBoolean("cancelled"),
        users(row.getArrayOfStrings("others")).collect(Collectors.toCollection(LinkedHashSet::new)),
        users(row.getArrayOfStrings("strangers")).toList(),
        earlier == null ? null : earlier.toInstant());
  }

  private static Stream<UserId> users(String[] ids) {
    return Arrays.stream(ids).map(UserId::new);
  }
}
