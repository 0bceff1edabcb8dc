package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.carewire.platform.AuditEvent;
import org.carewire.platform.AuditStore;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** Makes a room's members what the platform says they are, and records who comes and goes. */
final class MemberStore {
  private static final String CREATE_ROOM =
      """
      insert into room (tenant_id, room_id, kind, updated_at) values ($1, $2, $3, $4)
      on conflict do nothing
      """;

  private static final String LOCK_ROOM =
      "select key from room where tenant_id = $1 and room_id = $2 for no key update";

  /** In the order of receipts and appends, which lock rows of members too. */
  private static final String LOCK_MEMBERS =
      "select from room_member where room_key = $1 order by user_id for update";

  private static final String REMOVE =
      """
      delete from room_member where room_key = $1 and not user_id = any ($2::text[])
      returning user_id
      """;

  private static final String ADD =
      """
      insert into room_member as m (room_key, tenant_id, user_id, role)
      select $1, $2, u.user_id, u.role
      from unnest($3::text[], $4::text[]) as u (user_id, role)
      on conflict (room_key, user_id) do update set role = excluded.role
      where m.role is distinct from excluded.role
      returning user_id, xmax = 0 as added
      """;

  private MemberStore() {}

  /** Creates the room if need be and locks it; answers its key. */
  static Future<Long> lockRoom(SqlConnection connection, Caller caller, RoomId room, Instant now) {
    String tenant = caller.tenant().value();
    return connection
        .preparedQuery(CREATE_ROOM)
        .execute(Tuple.of(tenant, room.value(), room.kind().prefix(), now.atOffset(ZoneOffset.UTC)))
        .compose(_ -> connection.preparedQuery(LOCK_ROOM).execute(Tuple.of(tenant, room.value())))
        .map(rows -> rows.iterator().next().getLong("key"));
  }

  /**
   * Sets the members of a locked room.
   *
   * @param members with their role in the room, null where they have none
   * @return who was taken off
   */
  static Future<List<UserId>> set(
      SqlConnection connection,
      Caller caller,
      RoomId room,
      long roomKey,
      Map<UserId, ? extends @Nullable Role> members,
      Instant now) {
    String[] users = members.keySet().stream().map(UserId::value).toArray(String[]::new);
    String[] roles =
        members.values().stream()
            .map(role -> role == null ? null : role.wireName())
            .toArray(String[]::new);
    return connection
        .preparedQuery(LOCK_MEMBERS)
        .execute(Tuple.of(roomKey))
        .compose(_ -> connection.preparedQuery(REMOVE).execute(Tuple.of(roomKey, (Object) users)))
        .compose(
            removedRows -> {
              List<UserId> removed = users(removedRows).toList();
              return connection
                  .preparedQuery(ADD)
                  .execute(Tuple.of(roomKey, caller.tenant().value(), users, roles))
                  .compose(
                      addedRows ->
                          AuditStore.write(
                              connection, changes(caller, room, removed, added(addedRows), now)))
                  .map(_ -> removed);
            });
  }

  private static List<UserId> added(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .filter(row -> row.getBoolean("added"))
        .map(row -> new UserId(row.getString("user_id")))
        .toList();
  }

  private static Stream<UserId> users(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row -> new UserId(row.getString("user_id")));
  }

  private static List<AuditEvent> changes(
      Caller caller, RoomId room, List<UserId> removed, List<UserId> added, Instant now) {
    var events = new ArrayList<AuditEvent>();
    removed.forEach(
        user -> events.add(change(AuditEvent.Action.ACCESS_REMOVED, caller, room, user, now)));
    added.forEach(
        user -> events.add(change(AuditEvent.Action.ACCESS_GRANTED, caller, room, user, now)));
    return events;
  }

  private static AuditEvent change(
      AuditEvent.Action action, Caller caller, RoomId room, UserId user, Instant now) {
    return new AuditEvent(now, action, caller.tenant(), caller.user(), room.value(), user);
  }
}
