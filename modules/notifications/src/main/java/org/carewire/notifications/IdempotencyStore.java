package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.TenantId;

/** Requests that may come again, and what they were answered. */
final class IdempotencyStore {
  /** How long a repeat is known. */
  static final Duration KEPT = Duration.ofHours(24);

  private static final String FORGET_OLD =
      """
      delete from idempotency_key
      where tenant_id = $1 and user_id = $2 and key = $3 and created_at < $4
      """;

  /** Fails where it is there already, and the transaction with it. */
  private static final String NOTE =
      """
      insert into idempotency_key (tenant_id, user_id, key, fingerprint, ids, created_at)
      values ($1, $2, $3, $4, $5, $6)
      """;

  private static final String FIND =
      """
      select fingerprint, ids from idempotency_key
      where tenant_id = $1 and user_id = $2 and key = $3
      """;

  private static final String PURGE = "delete from idempotency_key where created_at < $1";

  private static final String UNIQUE_VIOLATION = "23505";
  private static final String CONSTRAINT = "idempotency_key_pkey";

  /**
   * A request by which a repeat is known.
   *
   * @param user who has sent it; empty for the server itself
   * @param fingerprint of what it asks for
   */
  record Request(TenantId tenant, String user, String key, String fingerprint) {
    private Tuple name() {
      return Tuple.of(tenant.value(), user, key);
    }
  }

  private final Pool pool;

  IdempotencyStore(Pool pool) {
    this.pool = pool;
  }

  /** Notes a request in its transaction, which fails by {@link #isRepeat} if it is a repeat. */
  Future<?> note(SqlConnection connection, Request request, List<EntryId> ids, Instant now) {
    Future<?> old =
        connection
            .preparedQuery(FORGET_OLD)
            .execute(request.name().addValue(now.minus(KEPT).atOffset(ZoneOffset.UTC)));
    Future<?> noted =
        connection
            .preparedQuery(NOTE)
            .execute(
                request
                    .name()
                    .addValue(request.fingerprint())
                    .addValue(ids.stream().map(EntryId::value).toArray(UUID[]::new))
                    .addValue(now.atOffset(ZoneOffset.UTC)));
    return Future.all(old, noted);
  }

  static boolean isRepeat(Throwable failure) {
    return failure instanceof PgException e
        && UNIQUE_VIOLATION.equals(e.getSqlState())
        && CONSTRAINT.equals(e.getConstraint());
  }

  /** What the first one was answered; empty where that asked for something else. */
  Future<Optional<List<EntryId>>> answered(Request request) {
    return pool.preparedQuery(FIND)
        .execute(request.name())
        .map(
            rows -> {
              for (Row row : rows) {
                if (row.getString("fingerprint").equals(request.fingerprint())) {
                  return Optional.of(
                      Arrays.stream(row.getArrayOfUUIDs("ids")).map(EntryId::new).toList());
                }
              }
              return Optional.empty();
            });
  }

  /** Forgets those by which no repeat is known any longer. */
  Future<?> purge(Instant now) {
    return pool.preparedQuery(PURGE).execute(Tuple.of(now.minus(KEPT).atOffset(ZoneOffset.UTC)));
  }
}
