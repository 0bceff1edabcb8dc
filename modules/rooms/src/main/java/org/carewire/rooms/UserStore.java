package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.TreeMap;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Role;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** The users that are known, and in which role. */
public final class UserStore {
  private static final String SEEN =
      """
      insert into app_user as u (tenant_id, user_id, role)
      values ($1, $2, $3)
      on conflict (tenant_id, user_id) do update set role = excluded.role
      where u.role <> excluded.role
      """;

  private static final String NAMED =
      """
      insert into app_user (tenant_id, user_id, role)
      select $1, user_id, role from unnest($2::text[], $3::text[]) as u (user_id, role)
      on conflict do nothing
      """;

  private UserStore() {}

  /** A user has authenticated in a role, which replaces what was known. */
  public static Future<?> seen(SqlClient client, Caller caller) {
    return client
        .preparedQuery(SEEN)
        .execute(
            Tuple.of(caller.tenant().value(), caller.user().value(), caller.role().wireName()));
  }

  /** Users were named in a role, which counts as long as they have not authenticated. */
  static Future<?> named(SqlClient client, TenantId tenant, Map<UserId, Role> users) {
    // In order of id, so that two of these do not wait for each other.
    var roles = new TreeMap<String, String>();
    users.forEach((user, role) -> roles.put(user.value(), role.wireName()));
    return client
        .preparedQuery(NAMED)
        .execute(
            Tuple.of(
                tenant.value(),
                roles.keySet().toArray(String[]::new),
                roles.values().toArray(String[]::new)));
  }
}
