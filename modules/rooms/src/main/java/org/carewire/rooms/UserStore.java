package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Role;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** The users that are known, and in which role. */
public final class UserStore {
  private static final String SEEN =
      """
      insert into app_user as u (tenant_id, user_id, role)
      select * from unnest($1::text[], $2::text[], $3::text[])
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

  /**
   * Users have authenticated, each in a role, which replaces what was known.
   *
   * @param callers each user once
   */
  public static Future<?> seen(SqlClient client, Collection<Caller> callers) {
    // In one order, so that two of these do not wait for each other.
    List<Caller> ordered =
        callers.stream()
            .sorted(
                Comparator.comparing((Caller caller) -> caller.tenant().value())
                    .thenComparing(caller -> caller.user().value()))
            .toList();
    return client
        .preparedQuery(SEEN)
        .execute(
            Tuple.of(
                texts(ordered, caller -> caller.tenant().value()),
                texts(ordered, caller -> caller.user().value()),
                texts(ordered, caller -> caller.role().wireName())));
  }

  private static String[] texts(List<Caller> callers, Function<Caller, String> text) {
    return callers.stream().map(text).toArray(String[]::new);
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
