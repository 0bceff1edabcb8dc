package org.carewire.presence;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** When users were last seen, in PostgreSQL. */
final class LastSeenStore {
  private static final String WRITE =
      """
      insert into last_seen as l (tenant_id, user_id, seen_at)
      select * from unnest($1::text[], $2::text[], $3::timestamptz[])
      on conflict (tenant_id, user_id) do update set seen_at = excluded.seen_at
      where l.seen_at < excluded.seen_at
      """;

  private static final String FIND =
      "select user_id, seen_at from last_seen where tenant_id = $1 and user_id = any ($2::text[])";

  private LastSeenStore() {}

  /** Times only move up. */
  static Future<?> write(SqlClient client, Map<User, Instant> seen) {
    // In one order, so that two of these do not wait for each other.
    List<User> users =
        seen.keySet().stream().sorted((one, other) -> one.name().compareTo(other.name())).toList();
    return client
        .preparedQuery(WRITE)
        .execute(
            Tuple.of(
                users.stream().map(user -> user.tenant().value()).toArray(String[]::new),
                users.stream().map(user -> user.id().value()).toArray(String[]::new),
                users.stream()
                    .map(user -> seen.getOrDefault(user, Instant.EPOCH).atOffset(ZoneOffset.UTC))
                    .toArray(OffsetDateTime[]::new)));
  }

  static Future<Map<UserId, Instant>> find(
      SqlClient client, TenantId tenant, Collection<UserId> users) {
    if (users.isEmpty()) {
      return Future.succeededFuture(Map.of());
    }
    return client
        .preparedQuery(FIND)
        .execute(
            Tuple.of(
                tenant.value(), (Object) users.stream().map(UserId::value).toArray(String[]::new)))
        .map(
            rows -> {
              Map<UserId, Instant> found = new HashMap<>();
              rows.forEach(
                  row ->
                      found.put(
                          new UserId(row.getString("user_id")),
                          row.getOffsetDateTime("seen_at").toInstant()));
              return found;
            });
  }
}
