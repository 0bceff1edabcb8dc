package org.carewire.signaling;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import org.carewire.protocol.ReadCalls;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.VisitId;

/** The calls of visits and users, the newest first. */
final class CallHistoryStore {
  private static final String OF_VISIT =
      """
      select state::text as state from call
      where tenant_id = $1 and visit_id = $2 and created_at < $3
      order by created_at desc limit $4
      """;

  private static final String OF_USER =
      """
      select c.state::text as state
      from (
        select call_id, created_at from call_participant
        where tenant_id = $1 and user_id = $2 and created_at < $3
        order by created_at desc limit $4
      ) as p
      join call c on c.call_id = p.call_id
      order by p.created_at desc
      """;

  private final Pool pool;

  CallHistoryStore(Pool pool) {
    this.pool = pool;
  }

  /** At most one more than asked for. */
  Future<List<Call>> read(TenantId tenant, ReadCalls command, Instant end) {
    Instant before = command.before() == null ? end : command.before();
    VisitId visit = command.visit();
    return pool.preparedQuery(visit == null ? OF_USER : OF_VISIT)
        .execute(
            Tuple.of(
                tenant.value(),
                visit == null ? command.user().value() : visit.value(),
                CallStore.utc(before),
                command.limit() + 1))
        .map(CallStore::calls);
  }
}
