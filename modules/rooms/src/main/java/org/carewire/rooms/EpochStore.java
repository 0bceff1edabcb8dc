package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.time.Clock;
import java.util.List;
import org.carewire.platform.AuditEvent;
import org.carewire.platform.AuditStore;
import org.carewire.platform.Postgres;

/** The epoch that offsets belong to. */
public final class EpochStore {
  private static final String RENEW =
      """
      update history_epoch set epoch = gen_random_uuid()::text
      from (select epoch as former from history_epoch for update) as before
      returning former, epoch
      """;

  /** The epoch was replaced by another. */
  public record Renewed(String former, String present) {}

  private final Pool pool;
  private final Clock clock;

  public EpochStore(Pool pool, Clock clock) {
    this.pool = pool;
    this.clock = clock;
  }

  /** Begins a new history, and records that. */
  public Future<Renewed> renew() {
    return Postgres.transaction(
        pool,
        connection ->
            replace(connection)
                .compose(
                    renewed ->
                        AuditStore.write(connection, List.of(event(renewed))).map(_ -> renewed)));
  }

  private static Future<Renewed> replace(SqlConnection connection) {
    return connection
        .query(RENEW)
        .execute()
        .map(
            rows -> {
              Row row = rows.iterator().next();
              return new Renewed(row.getString("former"), row.getString("epoch"));
            });
  }

  private AuditEvent event(Renewed renewed) {
    return new AuditEvent(
        clock.instant(),
        AuditEvent.Action.NEW_EPOCH,
        null,
        null,
        renewed.former() + " to " + renewed.present(),
        null);
  }
}
