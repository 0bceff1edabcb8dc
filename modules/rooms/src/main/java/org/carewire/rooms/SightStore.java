package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.stream.StreamSupport;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** Whom users have something to do with. */
public final class SightStore {
  /** A chat counts as long as its users may talk. */
  private static final String STRANGERS =
      """
      select u.user_id from unnest($3::text[]) as u (user_id)
      where not exists (
        select
        from room_member one
        join room_member other using (room_key)
        join room on room.key = one.room_key
        where one.tenant_id = $1 and one.user_id = $2
          and other.tenant_id = $1 and other.user_id = u.user_id
          and (room.kind in ('visit', 'group')
            or room.kind = 'chat' and may_chat($1, room.room_id)))
      """;

  private static final String UNKNOWN =
      """
      select u.user_id from unnest($2::text[]) as u (user_id)
      where not exists (
          select from app_user known where known.tenant_id = $1 and known.user_id = u.user_id)
        and not exists (
          select from room_member known where known.tenant_id = $1 and known.user_id = u.user_id)
      """;

  private SightStore() {}

  /** Those of the others with whom a user shares neither a visit nor a group nor a chat. */
  public static Future<List<UserId>> strangers(
      SqlClient client, TenantId tenant, UserId user, List<UserId> others) {
    return client
        .preparedQuery(STRANGERS)
        .execute(Tuple.of(tenant.value(), user.value(), texts(others)))
        .map(SightStore::users);
  }

  /** Those whom nobody in the tenant knows. */
  public static Future<List<UserId>> unknown(
      SqlClient client, TenantId tenant, List<UserId> users) {
    return client
        .preparedQuery(UNKNOWN)
        .execute(Tuple.of(tenant.value(), texts(users)))
        .map(SightStore::users);
  }

  private static Object texts(List<UserId> users) {
    return users.stream().map(UserId::value).toArray(String[]::new);
  }

  private static List<UserId> users(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row -> new UserId(row.getString("user_id")))
        .toList();
  }
}
