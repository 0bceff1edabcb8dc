package org.carewire.signaling;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.carewire.protocol.CallId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** Which nodes hold the sessions that are in calls. */
final class SeatStore {
  private static final String NODES =
      "select node, count(*) as seats from call_live where node is not null group by node";

  private static final String CALLS =
      "select distinct tenant_id, call_id from call_live where node = $1";

  private static final String IN_CALL =
      "select tenant_id, user_id, call_id from call_live where node = any ($1) and in_call";

  private static final String IS_IN_CALL =
      """
      select in_call from call_live where tenant_id = $1 and user_id = $2 and call_id = $3
      """;

  /** A user in a call. */
  record InCall(TenantId tenant, UserId user, CallId call) {}

  /** A call of a tenant. */
  record CallKey(TenantId tenant, CallId call) {}

  private final Pool pool;

  SeatStore(Pool pool) {
    this.pool = pool;
  }

  /** How many sessions each node holds that are in calls. */
  Future<Map<String, Long>> nodes() {
    return pool.preparedQuery(NODES)
        .execute()
        .map(
            rows -> {
              var nodes = new HashMap<String, Long>();
              rows.forEach(row -> nodes.put(row.getString("node"), row.getLong("seats")));
              return nodes;
            });
  }

  /** The calls that sessions of a node are in. */
  Future<List<CallKey>> calls(String node) {
    return pool.preparedQuery(CALLS)
        .execute(Tuple.of(node))
        .map(
            rows -> {
              var calls = new ArrayList<CallKey>(rows.size());
              rows.forEach(
                  row ->
                      calls.add(
                          new CallKey(
                              new TenantId(row.getString("tenant_id")),
                              new CallId(row.getUUID("call_id").toString()))));
              return calls;
            });
  }

  /** Whether others are to see a user in that call. */
  Future<Boolean> isInCall(TenantId tenant, UserId user, CallId call) {
    return pool.preparedQuery(IS_IN_CALL)
        .execute(Tuple.of(tenant.value(), user.value(), CallStore.key(call)))
        .map(rows -> rows.size() > 0 && rows.iterator().next().getBoolean("in_call"));
  }

  /** The users of some nodes whom others see in a call. */
  Future<List<InCall>> inCall(List<String> nodes) {
    return pool.preparedQuery(IN_CALL)
        .execute(Tuple.of((Object) nodes.toArray(String[]::new)))
        .map(
            rows -> {
              var users = new ArrayList<InCall>(rows.size());
              rows.forEach(
                  row ->
                      users.add(
                          new InCall(
                              new TenantId(row.getString("tenant_id")),
                              new UserId(row.getString("user_id")),
                              new CallId(row.getUUID("call_id").toString()))));
              return users;
            });
  }
}
