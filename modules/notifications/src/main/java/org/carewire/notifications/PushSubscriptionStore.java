package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import org.carewire.platform.Postgres;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** Where browsers are to be pushed to. */
final class PushSubscriptionStore {
  /** One at a time for an endpoint, and for a user. */
  private static final String LOCK_ENDPOINT =
      "select pg_advisory_xact_lock(hashtextextended('push endpoint ' || $1, 0))";

  private static final String LOCK_USER =
      "select pg_advisory_xact_lock(hashtextextended('push user ' || $1 || ' ' || $2, 0))";

  private static final String TAKE_FROM_OTHERS =
      """
      delete from push_subscription
      where endpoint = $4 and (tenant_id, user_id, device_id) <> ($1, $2, $3)
      """;

  private static final String PUT =
      """
      insert into push_subscription
        (tenant_id, user_id, device_id, endpoint, p256dh, auth, origin, kept_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8)
      on conflict (tenant_id, user_id, device_id) do update
      set endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth,
        origin = excluded.origin, kept_at = excluded.kept_at
      """;

  private static final String DELETE_OLDEST =
      """
      delete from push_subscription
      where tenant_id = $1 and user_id = $2 and device_id in (
        select device_id from push_subscription
        where tenant_id = $1 and user_id = $2
        order by kept_at desc, device_id offset $3)
      """;

  private static final String DELETE =
      "delete from push_subscription where tenant_id = $1 and user_id = $2 and device_id = $3";

  /** The browser may have subscribed anew meanwhile. */
  private static final String DELETE_GONE = "delete from push_subscription where endpoint = $1";

  private final Pool pool;

  PushSubscriptionStore(Pool pool) {
    this.pool = pool;
  }

  /**
   * Keeps it in place of the device's last, and of all others of this endpoint.
   *
   * @param origin of its endpoint
   * @param most of a user, of which the oldest go
   */
  Future<?> put(
      TenantId tenant,
      UserId user,
      DeviceId device,
      PushSubscription subscription,
      String origin,
      Instant now,
      int most) {
    return Postgres.transaction(
        pool,
        connection ->
            execute(connection, LOCK_ENDPOINT, Tuple.of(subscription.endpoint()))
                .compose(
                    _ -> execute(connection, LOCK_USER, Tuple.of(tenant.value(), user.value())))
                .compose(
                    _ ->
                        execute(
                            connection,
                            TAKE_FROM_OTHERS,
                            Tuple.of(
                                tenant.value(),
                                user.value(),
                                device.value(),
                                subscription.endpoint())))
                .compose(
                    _ ->
                        execute(
                            connection,
                            PUT,
                            Tuple.of(
                                tenant.value(),
                                user.value(),
                                device.value(),
                                subscription.endpoint(),
                                subscription.p256dh(),
                                subscription.auth(),
                                origin,
                                PushStore.utc(now))))
                .compose(
                    _ ->
                        execute(
                            connection,
                            DELETE_OLDEST,
                            Tuple.of(tenant.value(), user.value(), (long) most))));
  }

  private static Future<?> execute(SqlConnection connection, String sql, Tuple arguments) {
    return connection.preparedQuery(sql).execute(arguments);
  }

  Future<?> delete(TenantId tenant, UserId user, DeviceId device) {
    return pool.preparedQuery(DELETE)
        .execute(Tuple.of(tenant.value(), user.value(), device.value()));
  }

  /**
   * Its push service has said that there is none.
   *
   * @return how many there were
   */
  Future<Integer> deleteGone(String endpoint) {
    return pool.preparedQuery(DELETE_GONE).execute(Tuple.of(endpoint)).map(SqlResult::rowCount);
  }
}
