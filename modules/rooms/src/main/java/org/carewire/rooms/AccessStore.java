package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import org.carewire.protocol.Caller;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;

/** What the database knows of a caller and a room. */
final class AccessStore {
  private static final String FIND =
      """
      select coalesce(r.key, 0) as key, coalesce(r.top, 0) as top, m.user_id is not null as member,
        $5 = 'chat' and may_chat($1, $2) as may_chat,
        $5 = 'notifications' and exists (
          select from app_user u where u.tenant_id = $1 and u.user_id = $4) as user_known
      from (select) as always
      left join room r on r.tenant_id = $1 and r.room_id = $2
      left join room_member m on m.room_key = r.key and m.user_id = $3
      """;

  /**
   * The facts that access is decided by.
   *
   * @param roomKey 0 where there is no such room
   * @param mayChat whether the two users of a chat may talk
   * @param userKnown whether the user of a notifications room is known
   */
  record Found(long roomKey, long top, boolean member, boolean mayChat, boolean userKnown) {}

  private static final String SILENCED =
      "select chat from unnest($2::text[]) as c (chat) where not may_chat($1, chat)";

  private AccessStore() {}

  /** Those of the given chats whose two users may not, or no longer, talk. */
  static Future<List<RoomId>> silenced(SqlClient client, TenantId tenant, List<RoomId> chats) {
    return client
        .preparedQuery(SILENCED)
        .execute(
            Tuple.of(
                tenant.value(), (Object) chats.stream().map(RoomId::value).toArray(String[]::new)))
        .map(
            rows -> {
              var silenced = new ArrayList<RoomId>();
              rows.forEach(row -> silenced.add(RoomId.parse(row.getString("chat"))));
              return silenced;
            });
  }

  static Future<Found> find(SqlClient client, Caller caller, RoomId room) {
    return client
        .preparedQuery(FIND)
        .execute(
            Tuple.of(
                caller.tenant().value(),
                room.membersRoom().value(),
                caller.user().value(),
                room.names().getFirst(),
                room.kind().prefix()))
        .map(rows -> found(rows.iterator().next()));
  }

  private static Found found(Row row) {
    return new Found(
        row.getLong("key"),
        row.getLong("top"),
        row.getBoolean("member"),
        row.getBoolean("may_chat"),
        row.getBoolean("user_known"));
  }
}
