package org.carewire.signaling;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.carewire.protocol.CallId;
import org.carewire.protocol.Json;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.signaling.Transition.Changed;
import org.jspecify.annotations.Nullable;

/** Calls, and who is live in them. */
final class CallStore {
  private static final String LOAD =
      "select state::text as state from call where call_id = $1 and tenant_id = $2";

  private static final String LIVE_OF =
      """
      select c.state::text as state
      from call_live l
      join call c on c.call_id = l.call_id
      where l.tenant_id = $1 and l.user_id = $2
      """;

  private static final String LIVE_IN_ROOM =
      """
      select state::text as state from call
      where tenant_id = $1 and room_id = any ($2) and ended_at is null
      """;

  private static final String LIVE_ROOMS =
      """
      select distinct tenant_id, room_id from call where ended_at is null and room_id is not null
      """;

  private static final String WAITING =
      "select state::text as state from call where due_at is not null order by due_at limit $1";

  /** In one order, so that two who call each other do not wait for each other. */
  private static final String TAKE =
      """
      insert into call_live (tenant_id, user_id, call_id)
      select $1, u.user_id, $2 from unnest($3::text[]) as u (user_id) order by u.user_id
      on conflict do nothing
      returning user_id
      """;

  /** The rows of those who are live are written where something is new of them. */
  private static final String SAVE =
      """
      with saved as (
        insert into call as c
          (call_id, tenant_id, caller_id, room_id, visit_id, version, state, created_at, due_at,
           ended_at)
        values ($1, $2, $3, $4, $5, $6, $7::text::json, $8, $9, $10)
        on conflict (call_id) do update
          set version = excluded.version, state = excluded.state, due_at = excluded.due_at,
            ended_at = excluded.ended_at
          where c.version = excluded.version - 1
        returning call_id
      ), asked as (
        insert into call_participant (tenant_id, user_id, created_at, call_id)
        select $2, u.user_id, $8, saved.call_id
        from saved cross join unnest($11::text[]) as u (user_id)
      ), happened as (
        insert into call_event (call_id, version, at, event, user_id)
        select call_id, $6, $12, $13, $14 from saved
      ), effect as (
        insert into call_effect (call_id, version, effects, at)
        select call_id, $6, $15::text::json, $12 from saved where $15::text is not null
      ), gone as (
        delete from call_live l using saved
        where l.call_id = saved.call_id and not l.user_id = any ($16::text[])
      ), live as (
        insert into call_live as l (tenant_id, user_id, call_id, node, in_call)
        select $2, u.user_id, saved.call_id, u.node, u.in_call
        from saved
        cross join unnest($17::text[], $18::text[], $19::boolean[]) as u (user_id, node, in_call)
        order by u.user_id
        on conflict (tenant_id, user_id) do update
          set node = excluded.node, in_call = excluded.in_call
          where l.call_id = excluded.call_id
        returning user_id
      )
      select exists (select from saved) as saved, (select count(*) from live) as live
      """;

  private static final String CLAIM_DUE =
      """
      update call set due_at = $2
      where call_id in (
        select call_id from call where due_at < $1 order by due_at limit $3
        for update skip locked)
      returning state::text as state
      """;

  /** What became of a save. */
  enum Saved {
    SAVED,
    /** Somebody else has saved it meanwhile. */
    STALE,
    /** Somebody who comes in is in another call. */
    BUSY
  }

  /** What is to be written of one who is live. */
  private record Live(UserId user, @Nullable String node, boolean inCall) {}

  private CallStore() {}

  /** The call; null where the tenant has none of that name. */
  static Future<@Nullable Call> load(SqlClient client, TenantId tenant, CallId id) {
    UUID key = key(id);
    return key == null
        ? Future.succeededFuture()
        : client
            .preparedQuery(LOAD)
            .execute(Tuple.of(key, tenant.value()))
            .map(CallStore::firstCall);
  }

  /** The call that a user is being rung by, or in; null where there is none. */
  static Future<@Nullable Call> liveOf(SqlClient client, TenantId tenant, UserId user) {
    return client
        .preparedQuery(LIVE_OF)
        .execute(Tuple.of(tenant.value(), user.value()))
        .map(CallStore::firstCall);
  }

  /** The calls of some rooms that are not over. */
  static Future<List<Call>> liveIn(SqlClient client, TenantId tenant, List<String> rooms) {
    return client
        .preparedQuery(LIVE_IN_ROOM)
        .execute(Tuple.of(tenant.value(), (Object) rooms.toArray(String[]::new)))
        .map(CallStore::calls);
  }

  /** The rooms of the calls that are not over. */
  static Future<Map<TenantId, Set<RoomId>>> liveRooms(SqlClient client) {
    return client
        .preparedQuery(LIVE_ROOMS)
        .execute()
        .map(
            rows -> {
              var rooms = new HashMap<TenantId, Set<RoomId>>();
              rows.forEach(
                  row ->
                      rooms
                          .computeIfAbsent(
                              new TenantId(row.getString("tenant_id")), _ -> new HashSet<>())
                          .add(RoomId.parse(row.getString("room_id"))));
              return rooms;
            });
  }

  /** Calls that ring, and those that wait for somebody to come back. */
  static Future<List<Call>> waiting(SqlClient client, int limit) {
    return client.preparedQuery(WAITING).execute(Tuple.of(limit)).map(CallStore::calls);
  }

  /** Makes users live in a call, but for those who are in another one; answers who is. */
  static Future<Set<UserId>> take(
      SqlConnection connection, TenantId tenant, CallId id, List<UserId> users) {
    return connection
        .preparedQuery(TAKE)
        .execute(Tuple.of(tenant.value(), key(id), texts(users)))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false)
                    .map(row -> new UserId(row.getString("user_id")))
                    .collect(Collectors.toSet()));
  }

  /**
   * Saves a change, if the call is still what was changed. Where it answers {@code BUSY} the
   * transaction is to be rolled back.
   *
   * @param before absent where the call is new
   * @param event that made the change
   */
  static Future<Saved> save(
      SqlClient client,
      @Nullable Call before,
      Changed change,
      String event,
      @Nullable UserId by,
      Instant now) {
    Call call = change.call();
    List<Live> live = live(call);
    List<Live> news = new ArrayList<>(live);
    if (before != null) {
      news.removeAll(live(before));
    }
    List<UserId> asked =
        before == null ? call.parties().stream().map(Party::user).toList() : List.of();
    return client
        .preparedQuery(SAVE)
        .execute(
            Tuple.tuple()
                .addValue(key(call.id()))
                .addValue(call.tenant().value())
                .addValue(call.caller().value())
                .addValue(call.room() == null ? null : call.room().value())
                .addValue(call.visit() == null ? null : call.visit().value())
                .addValue(call.version())
                .addValue(Json.raw(call).text())
                .addValue(utc(call.createdAt()))
                .addValue(call.dueAt().map(CallStore::utc).orElse(null))
                .addValue(call.state() instanceof CallState.Over over ? utc(over.endedAt()) : null)
                .addValue(texts(asked))
                .addValue(utc(now))
                .addValue(event)
                .addValue(by == null ? null : by.value())
                .addValue(change.effects().isEmpty() ? null : Effects.json(change.effects()).text())
                .addValue(texts(live.stream().map(Live::user).toList()))
                .addValue(texts(news.stream().map(Live::user).toList()))
                .addValue(news.stream().map(Live::node).toArray(String[]::new))
                .addValue(news.stream().map(Live::inCall).toArray(Boolean[]::new)))
        .map(rows -> saved(rows.iterator().next(), news.size()));
  }

  private static Saved saved(Row row, int expected) {
    if (!row.getBoolean("saved")) {
      return Saved.STALE;
    }
    return row.getLong("live") == expected ? Saved.SAVED : Saved.BUSY;
  }

  private static List<Live> live(Call call) {
    Set<UserId> inCall = CallChange.inCall(call);
    return call.live()
        .map(
            party ->
                new Live(
                    party.user(),
                    party.seat() == null || party.away() ? null : party.seat().gateway().node(),
                    inCall.contains(party.user())))
        .toList();
  }

  /** Some calls whose deadline has passed; others are not given them for a while. */
  static Future<List<Call>> claimDue(Pool pool, Instant before, Instant again, int limit) {
    return pool.preparedQuery(CLAIM_DUE)
        .execute(Tuple.of(utc(before), utc(again), limit))
        .map(CallStore::calls);
  }

  static List<Call> calls(RowSet<Row> rows) {
    var calls = new ArrayList<Call>(rows.size());
    rows.forEach(row -> calls.add(call(row)));
    return calls;
  }

  private static @Nullable Call firstCall(RowSet<Row> rows) {
    return rows.size() == 0 ? null : call(rows.iterator().next());
  }

  private static Call call(Row row) {
    return Json.read(row.getString("state").getBytes(StandardCharsets.UTF_8), Call.class);
  }

  /** Null for what is no name of a call. */
  static @Nullable UUID key(CallId id) {
    try {
      UUID key = UUID.fromString(id.value());
      return key.toString().equals(id.value()) ? key : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Object texts(List<UserId> users) {
    return users.stream().map(UserId::value).toArray(String[]::new);
  }

  static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
