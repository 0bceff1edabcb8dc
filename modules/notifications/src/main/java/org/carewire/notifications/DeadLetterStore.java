package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.carewire.protocol.DeadLetters.DeadLetter;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.NotificationType;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** Pushes that were given up. */
final class DeadLetterStore {
  /** All of the last time, so that the next page may begin before it. */
  private static final String READ =
      """
      select notification_id, type, user_id, device_id, attempts, reason, created_at, given_up_at
      from push_dead_letter
      where tenant_id = $1 and given_up_at < coalesce($2::timestamptz, 'infinity')
      order by given_up_at desc
      fetch first $3 rows with ties
      """;

  private static final String PURGE =
      """
      delete from push_dead_letter where id = any (array(
        select id from push_dead_letter where given_up_at < $1 order by given_up_at limit $2))
      """;

  private final Pool pool;

  DeadLetterStore(Pool pool) {
    this.pool = pool;
  }

  /** The latest first; more than the limit where some were given up at the same time. */
  Future<List<DeadLetter>> read(TenantId tenant, @Nullable Instant before, int limit) {
    OffsetDateTime latest = before == null ? null : PushStore.utc(before);
    return pool.preparedQuery(READ)
        .mapping(DeadLetterStore::letter)
        .execute(Tuple.of(tenant.value(), latest, (long) limit))
        .map(
            rows -> {
              var letters = new ArrayList<DeadLetter>(rows.size());
              rows.forEach(letters::add);
              return letters;
            });
  }

  private static DeadLetter letter(Row row) {
    String device = row.getString("device_id");
    return new DeadLetter(
        new EntryId(row.getUUID("notification_id")),
        NotificationType.parse(row.getString("type")),
        new UserId(row.getString("user_id")),
        device == null ? null : new DeviceId(device),
        row.getInteger("attempts"),
        row.getString("reason"),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getOffsetDateTime("given_up_at").toInstant());
  }

  /** Deletes some that were given up before. */
  Future<?> purge(Instant before, int limit) {
    return pool.preparedQuery(PURGE)
        .execute(Tuple.of(PushStore.utc(before), (long) limit))
        .compose(
            purged -> purged.rowCount() < limit ? Future.succeededFuture() : purge(before, limit));
  }
}
