package org.carewire.signaling;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.carewire.protocol.CallId;
import org.carewire.protocol.TenantId;

/** What changes of calls are to bring about, and may not have yet. */
final class EffectStore {
  private static final String DELETE =
      """
      delete from call_effect e
      using unnest($1::uuid[], $2::bigint[]) as d (call_id, version)
      where e.call_id = d.call_id and e.version = d.version
      """;

  private static final String KEEP =
      "update call_effect set effects = $3::text::json, at = $4 where call_id = $1 and version = $2";

  private static final String CLAIM =
      """
      update call_effect e set at = $2
      from call c
      where c.call_id = e.call_id and (e.call_id, e.version) in (
        select call_id, version from call_effect where at < $1 order by at limit $3
        for update skip locked)
      returning c.tenant_id, e.call_id, e.version, e.effects::text as effects
      """;

  private final Pool pool;

  EffectStore(Pool pool) {
    this.pool = pool;
  }

  /** They have been brought about. */
  Future<?> delete(List<Effects> done) {
    return pool.preparedQuery(DELETE)
        .execute(
            Tuple.of(
                done.stream().map(one -> CallStore.key(one.call())).toArray(UUID[]::new),
                (Object) done.stream().map(Effects::version).toArray(Long[]::new)));
  }

  /** Only these are left. */
  Future<?> keep(Effects left, Instant now) {
    return pool.preparedQuery(KEEP)
        .execute(
            Tuple.of(
                CallStore.key(left.call()),
                left.version(),
                Effects.json(left.effects()).text(),
                CallStore.utc(now)));
  }

  /** Some that nobody has brought about for long; others are not given them for a while. */
  Future<List<Effects>> claim(Instant before, Instant now, int limit) {
    return pool.preparedQuery(CLAIM)
        .execute(Tuple.of(CallStore.utc(before), CallStore.utc(now), limit))
        .map(
            rows -> {
              var claimed = new ArrayList<Effects>(rows.size());
              rows.forEach(
                  row ->
                      claimed.add(
                          new Effects(
                              new TenantId(row.getString("tenant_id")),
                              new CallId(row.getUUID("call_id").toString()),
                              row.getLong("version"),
                              Effects.read(
                                  row.getString("effects").getBytes(StandardCharsets.UTF_8)))));
              claimed.sort(Comparator.comparingLong(Effects::version));
              return claimed;
            });
  }
}
