package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** Writes the append-only audit table. */
public final class AuditStore {
  private static final String INSERT =
      """
      insert into audit (at, action, tenant_id, actor_id, subject, concerns_id,
                         reason)
      select * from unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[],
                           $6::text[], $7::text[])
      """;

  private AuditStore() {}

  /** Writes the events, in the caller's transaction where {@code client} is in one. */
  public static Future<?> write(SqlClient client, List<AuditEvent> events) {
    if (events.isEmpty()) {
      return Future.succeededFuture();
    }
    return client
        .preparedQuery(INSERT)
        .execute(
            Tuple.of(
                events.stream()
                    .map(event -> event.at().atOffset(ZoneOffset.UTC))
                    .toArray(OffsetDateTime[]::new),
                texts(events, event -> event.action().wireName()),
                texts(events, event -> value(event.tenant())),
                texts(events, event -> value(event.actor())),
                texts(events, AuditEvent::subject),
                texts(events, event -> value(event.concerns())),
                texts(events, AuditEvent::reason)));
  }

  private static @Nullable String value(@Nullable TenantId id) {
    return id == null ? null : id.value();
  }

  private static @Nullable String value(@Nullable UserId id) {
    return id == null ? null : id.value();
  }

  private static String[] texts(
      List<AuditEvent> events, Function<AuditEvent, @Nullable String> field) {
    return events.stream().map(field).toArray(String[]::new);
  }
}
