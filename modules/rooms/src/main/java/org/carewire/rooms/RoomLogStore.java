package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.carewire.platform.AuditEvent;
import org.carewire.platform.Outage;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.RoomKind;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/**
 * The statements of an append; each takes a batch as arrays, one element an append.
 *
 * <p>A plan is made once a connection and kept, so it must do for a table that was empty then:
 * {@code limit 1} and {@code any (array(…))} have the rows of tables found by their keys.
 */
final class RoomLogStore {
  static final String BEGIN = "begin";

  /** Gives up soon where somebody else holds a lock. */
  static final String BEGIN_IMPATIENT = "begin; set local lock_timeout = '100ms'";

  private static final String CREATE_CHATS =
      """
      with wanted as (
        select tenant_id, room_id, bool_or(staff) as staff
        from unnest($1::text[], $2::text[], $3::boolean[]) as w (tenant_id, room_id, staff)
        group by tenant_id, room_id
      ), created as (
        insert into room (tenant_id, room_id, kind, updated_at)
        select w.tenant_id, w.room_id, $5, $4
        from wanted w
        where not exists (
            select from room r where r.tenant_id = w.tenant_id and r.room_id = w.room_id)
          and (w.staff or may_chat(w.tenant_id, w.room_id))
        order by w.tenant_id, w.room_id
        on conflict do nothing
        returning key, tenant_id, room_id
      )
      insert into room_member (room_key, tenant_id, user_id)
      select c.key, c.tenant_id, u.user_id
      from created c
      cross join lateral (
        values (split_part(c.room_id, ':', 2)), (split_part(c.room_id, ':', 3))) as u (user_id)
      """;

  /** The user of each is its only member. */
  private static final String CREATE_INBOXES =
      """
      with wanted as (
        select distinct tenant_id, room_id
        from unnest($1::text[], $2::text[]) as w (tenant_id, room_id)
      ), created as (
        insert into room (tenant_id, room_id, kind, updated_at)
        select w.tenant_id, w.room_id, $4, $3
        from wanted w
        where not exists (
          select from room r where r.tenant_id = w.tenant_id and r.room_id = w.room_id)
        order by w.tenant_id, w.room_id
        on conflict do nothing
        returning key, tenant_id, room_id
      )
      insert into room_member (room_key, tenant_id, user_id)
      select key, tenant_id, split_part(room_id, ':', 2) from created
      """;

  private static final String LOCK =
      """
      select r.key
      from room r
      where r.key = any (array(
        select named.key
        from unnest($1::text[], $2::text[]) as w (tenant_id, room_id)
        cross join lateral (
          select key from room where tenant_id = w.tenant_id and room_id = w.room_id limit 1
        ) as named))
      order by r.key
      for no key update
      """;

  /**
   * The members' rows are locked in order of their keys, as receipts do it. No two notifications of
   * a room have the same time, so that a time divides them.
   */
  private static final String APPEND =
      """
      with incoming as (
        select *
        from unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::boolean[], $6::text[],
                    $7::uuid[], $8::text[], $9::text[], $12::boolean[], $13::boolean[])
          with ordinality
          as i (tenant_id, room_id, sender_id, staff, admin, client_message_id, id, kind, content,
                by_server, has_sender, n)
      ), target as (
        select i.*, r.key as room_key, r.top, r.updated_at, m.user_id is not null as member,
          r.key is not null
            and (i.admin or i.by_server or m.user_id is not null)
            and (r.kind <> 'chat' or i.staff or may_chat(i.tenant_id, i.room_id)) as allowed
        from incoming i
        left join lateral (
          select key, kind, top, updated_at from room
          where tenant_id = i.tenant_id and room_id = i.room_id limit 1) as r on true
        left join lateral (
          select user_id from room_member
          where room_key = r.key and user_id = i.sender_id limit 1) as m on true
      ), before as (
        select t.n, e.*
        from target t
        cross join lateral (
          select "offset", id, content, created_at from entry
          where room_key = t.room_key and sender_id = t.sender_id
            and client_message_id = t.client_message_id limit 1) as e
        where t.allowed
      ), fresh as (
        select numbered.*, greatest($10, updated_at + step) + (place - 1) * step as created_at,
          top + place as "offset"
        from (
          select t.*, row_number() over (partition by t.room_key order by t.n) as place
          from target t
          where t.allowed and not exists (select from before b where b.n = t.n)
        ) as numbered
        cross join lateral (
          select case when kind = 'notification' then interval '1 ms' else interval '0' end as step
        ) as s
      ), overseen as (
        insert into audit (at, action, tenant_id, actor_id, subject)
        select created_at, $11, tenant_id, sender_id, room_id from fresh
        where not (member or by_server)
      ), entries as (
        insert into entry (room_key, "offset", id, kind, sender_id, client_message_id, content,
                           created_at)
        select room_key, "offset", id, kind, case when has_sender then sender_id end,
          client_message_id, content::json, created_at
        from fresh
      ), tops as (
        update room r
        set top = f.top, updated_at = f.updated_at
        from (select room_key, max("offset") as top, max(created_at) as updated_at
              from fresh group by room_key) f
        where r.key = f.room_key and r.key = any (array(select room_key from fresh))
      ), senders as (
        select m.room_key, m.user_id, m.delivered, m.read, f.top
        from (select room_key, sender_id, max("offset") as top
              from fresh where not by_server group by room_key, sender_id) f
        join room_member m on m.room_key = f.room_key and m.user_id = f.sender_id
          and m.room_key = any (array(select room_key from fresh))
        order by m.room_key, m.user_id
        for no key update of m
      ), receipts as (
        update room_member m
        set delivered = s.top, read = s.top
        from senders s
        where m.room_key = s.room_key and m.user_id = s.user_id
          and m.room_key = any (array(select room_key from senders))
      )
      select t.room_key is not null as room_exists, t.allowed,
        coalesce(f."offset", b."offset") as "offset", coalesce(b.id, t.id) as id,
        coalesce(f.created_at, b.created_at) as created_at, b.content::text as content_before,
        s.delivered, s.read
      from target t
      left join fresh f on f.n = t.n
      left join before b on b.n = t.n
      left join senders s on s.room_key = f.room_key and s.user_id = f.sender_id
      order by t.n
      """;

  private static final String MEMBERS =
      """
      select w.tenant_id, w.room_id, m.users
      from (select distinct * from unnest($1::text[], $2::text[])) as w (tenant_id, room_id)
      cross join lateral (
        select key from room where tenant_id = w.tenant_id and room_id = w.room_id limit 1) as r
      cross join lateral (
        select array_agg(user_id) as users from room_member where room_key = r.key) as m
      where m.users is not null
      """;

  private static final String PLACES =
      "select id, \"offset\", created_at from entry where id = any ($1)";

  /** Where an entry is in its room's log. */
  record Place(long offset, Instant createdAt) {}

  /**
   * What became of one append; the later fields mean something only where it was allowed.
   *
   * @param delivered the sender's receipts before it; absent where it was stored before, and where
   *     the sender is no member
   */
  record AppendRow(
      boolean roomExists,
      boolean allowed,
      long offset,
      EntryId id,
      Instant createdAt,
      @Nullable RawJson contentBefore,
      @Nullable Long delivered,
      @Nullable Long read) {}

  /** A room of any tenant. */
  record RoomKey(String tenant, RoomId room) {
    static RoomKey of(Append append) {
      return new RoomKey(append.caller().tenant().value(), append.room());
    }
  }

  private RoomLogStore() {}

  /**
   * Sends a whole transaction at once. Where a statement fails, PostgreSQL answers the commit with
   * a rollback, so the result counts only if every statement succeeded.
   *
   * @param begin {@link #BEGIN} or {@link #BEGIN_IMPATIENT}
   * @param statements sends them without waiting
   * @return fails with {@link UncertainCommit} where it is not known whether all is stored
   */
  static <T> Future<T> atOnce(
      SqlConnection connection, String begin, Supplier<Future<T>> statements) {
    Future<?> begun = connection.query(begin).execute();
    Future<T> result = Future.succeededFuture().compose(_ -> statements.get());
    Future<?> commit = connection.query("commit").execute();
    return Future.join(begun, result, commit)
        .map(_ -> result.result())
        .recover(
            failure ->
                Future.failedFuture(
                    isUncertain(result, commit) ? new UncertainCommit(failure) : failure));
  }

  /** A statement that PostgreSQL has refused, or ended the session at, leaves nothing to commit. */
  private static boolean isUncertain(Future<?> result, Future<?> commit) {
    return commit.failed() && Outage.is(commit.cause()) && !(result.cause() instanceof PgException);
  }

  /** Whether the failure is that somebody else held a room's lock for too long. */
  static boolean isLocked(Throwable failure) {
    return failure instanceof PgException e && e.getSqlState().equals("55P03");
  }

  static Future<?> createChats(SqlConnection connection, List<Append> appends, Instant now) {
    return connection
        .preparedQuery(CREATE_CHATS)
        .execute(
            Tuple.of(
                tenants(appends),
                rooms(appends),
                array(appends, Append::isByStaff, Boolean[]::new),
                utc(now),
                RoomKind.CHAT.prefix()));
  }

  static Future<?> createInboxes(SqlConnection connection, List<Append> appends, Instant now) {
    return connection
        .preparedQuery(CREATE_INBOXES)
        .execute(
            Tuple.of(tenants(appends), rooms(appends), utc(now), RoomKind.NOTIFICATIONS.prefix()));
  }

  static Future<?> lock(SqlConnection connection, List<Append> appends) {
    return connection.preparedQuery(LOCK).execute(roomsOf(appends));
  }

  static Future<List<AppendRow>> append(
      SqlConnection connection, List<Append> appends, Instant now) {
    Tuple arguments =
        roomsOf(appends)
            .addValue(array(appends, append -> append.caller().user().value(), String[]::new))
            .addValue(array(appends, Append::isByStaff, Boolean[]::new))
            .addValue(array(appends, append -> append.caller().isAdmin(), Boolean[]::new))
            .addValue(array(appends, RoomLogStore::clientMessageId, String[]::new))
            .addValue(array(appends, append -> append.id().value(), UUID[]::new))
            .addValue(array(appends, append -> append.kind().sqlName(), String[]::new))
            .addValue(array(appends, append -> append.content().text(), String[]::new))
            .addValue(utc(now))
            .addValue(AuditEvent.Action.ADMIN_ENTERED_ROOM.wireName())
            .addValue(array(appends, Append::byServer, Boolean[]::new))
            .addValue(array(appends, append -> append.kind().hasSender(), Boolean[]::new));
    return connection
        .preparedQuery(APPEND)
        .execute(arguments)
        .map(
            rows -> {
              var read = new ArrayList<AppendRow>(rows.size());
              rows.forEach(row -> read.add(appendRow(row)));
              return read;
            });
  }

  /** Those of the entries that are stored. */
  static Future<Map<EntryId, Place>> places(SqlConnection connection, List<Append> appends) {
    UUID[] ids = array(appends, append -> append.id().value(), UUID[]::new);
    return connection
        .preparedQuery(PLACES)
        .execute(Tuple.tuple().addValue(ids))
        .map(
            rows -> {
              var places = new HashMap<EntryId, Place>();
              for (Row row : rows) {
                places.put(
                    new EntryId(row.getUUID("id")),
                    new Place(
                        row.getLong("offset"), row.getOffsetDateTime("created_at").toInstant()));
              }
              return places;
            });
  }

  private static AppendRow appendRow(Row row) {
    boolean allowed = row.getBoolean("allowed");
    String before = row.getString("content_before");
    return new AppendRow(
        row.getBoolean("room_exists"),
        allowed,
        allowed ? row.getLong("offset") : 0,
        new EntryId(row.getUUID("id")),
        allowed ? row.getOffsetDateTime("created_at").toInstant() : Instant.EPOCH,
        before == null ? null : RawJson.of(before),
        row.getLong("delivered"),
        row.getLong("read"));
  }

  static Future<Map<RoomKey, List<UserId>>> members(
      SqlConnection connection, List<Append> appends) {
    return connection
        .preparedQuery(MEMBERS)
        .execute(roomsOf(appends))
        .map(
            rows -> {
              var members = new HashMap<RoomKey, List<UserId>>();
              for (Row row : rows) {
                members.put(
                    new RoomKey(row.getString("tenant_id"), RoomId.parse(row.getString("room_id"))),
                    Arrays.stream(row.getArrayOfStrings("users")).map(UserId::new).toList());
              }
              return members;
            });
  }

  /** The tenants and rooms, as the first two parameters. */
  private static Tuple roomsOf(List<Append> appends) {
    return Tuple.tuple().addValue(tenants(appends)).addValue(rooms(appends));
  }

  private static String[] tenants(List<Append> appends) {
    return array(appends, append -> append.caller().tenant().value(), String[]::new);
  }

  private static String[] rooms(List<Append> appends) {
    return array(appends, append -> append.room().value(), String[]::new);
  }

  private static @Nullable String clientMessageId(Append append) {
    return append.clientMessageId() == null ? null : append.clientMessageId().value();
  }

  private static <T> T[] array(
      List<Append> appends, Function<Append, @Nullable T> value, IntFunction<T[]> array) {
    return appends.stream().map(value).toArray(array);
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
