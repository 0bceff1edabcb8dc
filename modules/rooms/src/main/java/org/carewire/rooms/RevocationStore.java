package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.carewire.platform.AuditEvent;
import org.carewire.platform.AuditStore;
import org.carewire.platform.Postgres;
import org.carewire.protocol.Caller;
import org.carewire.protocol.DisconnectUser;
import org.carewire.protocol.Revocation;
import org.carewire.protocol.RevocationList;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** Whose tokens were revoked. */
public final class RevocationStore {
  private static final String REVOKE =
      """
      insert into revocation as r (tenant_id, user_id, revoked_at) values ($1, $2, now())
      on conflict (tenant_id, user_id) do update
      set revoked_at = greatest(r.revoked_at, excluded.revoked_at)
      returning revoked_at
      """;

  /** One row at least, for the epoch; without a user where there is no revocation. */
  private static final String SINCE =
      """
      select h.epoch, now() as as_of, r.tenant_id, r.user_id, r.revoked_at
      from history_epoch h
      left join revocation r on r.revoked_at >= $1
      """;

  private final Pool pool;
  private final Clock clock;

  public RevocationStore(Pool pool, Clock clock) {
    this.pool = pool;
    this.clock = clock;
  }

  /** Revokes the tokens of a user of the caller's tenant, and records who did so and why. */
  public Future<Revocation> revoke(Caller caller, DisconnectUser command) {
    return Postgres.transaction(
        pool,
        connection ->
            revokedAt(connection, caller.tenant(), command.user())
                .compose(
                    at ->
                        AuditStore.write(connection, List.of(event(caller, command)))
                            .map(_ -> new Revocation(caller.tenant(), command.user(), at))));
  }

  private static Future<Instant> revokedAt(SqlConnection connection, TenantId tenant, UserId user) {
    return connection
        .preparedQuery(REVOKE)
        .execute(Tuple.of(tenant.value(), user.value()))
        .map(rows -> rows.iterator().next().getOffsetDateTime("revoked_at").toInstant());
  }

  private AuditEvent event(Caller caller, DisconnectUser command) {
    return new AuditEvent(
        clock.instant(),
        AuditEvent.Action.USER_DISCONNECTED,
        caller.tenant(),
        caller.user(),
        command.user().value(),
        command.user(),
        command.reason());
  }

  /** What was revoked at that time or later, and the epoch. */
  public Future<RevocationList> since(Instant time) {
    return pool.preparedQuery(SINCE)
        .execute(Tuple.of(time.atOffset(ZoneOffset.UTC)))
        .map(RevocationStore::list);
  }

  private static RevocationList list(RowSet<Row> rows) {
    var revocations = new ArrayList<Revocation>();
    for (Row row : rows) {
      String user = row.getString("user_id");
      if (user != null) {
        revocations.add(
            new Revocation(
                new TenantId(row.getString("tenant_id")),
                new UserId(user),
                row.getOffsetDateTime("revoked_at").toInstant()));
      }
    }
    Row first = rows.iterator().next();
    return new RevocationList(
        revocations, first.getOffsetDateTime("as_of").toInstant(), first.getString("epoch"));
  }
}
