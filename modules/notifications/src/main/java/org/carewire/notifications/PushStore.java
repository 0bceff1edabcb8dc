package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.NotificationPriority;
import org.carewire.protocol.NotificationType;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** What is to be pushed. */
final class PushStore {
  /**
   * Looks origin by origin, so that what is due for one, however much, is in nobody's way; and
   * takes rows by their places, so that no plan reads more than these of a table that has grown.
   */
  private static final String CLAIM =
      """
      with recursive origins as (
        (select origin from push order by origin limit 1)
        union all
        select (select p.origin from push p where p.origin > o.origin order by p.origin limit 1)
        from origins o
        where o.origin is not null
      ), free as (
        select o.origin, greatest($3 - coalesce(b.busy, 0), 0) as number
        from origins o
        left join unnest($5::text[], $6::bigint[]) as b (origin, busy) on b.origin = o.origin
        where o.origin is not null
      ), due as materialized (
        select d.place
        from free f
        cross join lateral (
          select p.ctid as place, p.next_at
          from push p
          where p.origin = f.origin and p.next_at <= $1
          order by p.next_at
          limit f.number
          for update skip locked
        ) as d
        order by d.next_at
        limit $4
      ), claimed as (
        update push set next_at = $2, attempts = attempts + 1
        where ctid = any (array(select place from due))
        returning *
      )
      select c.id, c.notification_id, c.type, c.priority, c.notified_at, c.tenant_id, c.user_id,
        c.device_id, c.origin, c.created_at, c.attempts, s.endpoint, s.p256dh, s.auth,
        c.attempts > 1 and (n.read_at is not null or c."offset" <= i.read_up_to
          or c."offset" <= m.delivered) as settled
      from claimed c
      left join lateral (
        select endpoint, p256dh, auth from push_subscription
        where tenant_id = c.tenant_id and user_id = c.user_id and device_id = c.device_id limit 1
      ) as s on true
      cross join lateral (
        select read_at from notification
        where room_key = c.room_key and "offset" = c."offset" limit 1) as n
      cross join lateral (
        select read_up_to from inbox where room_key = c.room_key limit 1) as i
      cross join lateral (
        select delivered from room_member
        where room_key = c.room_key and user_id = c.user_id limit 1) as m
      """;

  /** Whoever has taken it since has counted another attempt. */
  private static final String DELETE = "delete from push where id = $1 and attempts = $2";

  private static final String POSTPONE =
      "update push set next_at = $3 where id = $1 and attempts = $2";

  private static final String GIVE_UP =
      """
      with given_up as (
        delete from push where id = $1 and attempts = $2 returning *
      )
      insert into push_dead_letter (notification_id, type, tenant_id, user_id, device_id, attempts,
                                    reason, created_at, given_up_at)
      select notification_id, type, tenant_id, user_id, device_id, attempts, $3, created_at, $4
      from given_up
      """;

  private final Pool pool;

  PushStore(Pool pool) {
    this.pool = pool;
  }

  /**
   * Some that are due, each counted as attempted; others are not given them until then.
   *
   * @param ofOrigin how many may be under way for one origin
   * @param inAll how many may be taken
   * @param busy how many are under way, by origin
   */
  Future<List<Push>> claim(
      Instant now, Instant until, int ofOrigin, int inAll, Map<String, Integer> busy) {
    var origins = new ArrayList<String>(busy.size());
    var numbers = new ArrayList<Long>(busy.size());
    busy.forEach(
        (origin, number) -> {
          origins.add(origin);
          numbers.add((long) number);
        });
    return pool.preparedQuery(CLAIM)
        .mapping(PushStore::push)
        .execute(
            Tuple.of(
                utc(now),
                utc(until),
                (long) ofOrigin,
                (long) inAll,
                origins.toArray(String[]::new),
                numbers.toArray(Long[]::new)))
        .map(
            rows -> {
              var pushes = new ArrayList<Push>(rows.size());
              rows.forEach(pushes::add);
              return pushes;
            });
  }

  private static Push push(Row row) {
    String device = row.getString("device_id");
    String endpoint = row.getString("endpoint");
    return new Push(
        row.getLong("id"),
        new EntryId(row.getUUID("notification_id")),
        NotificationType.parse(row.getString("type")),
        NotificationPriority.parse(row.getString("priority")),
        row.getOffsetDateTime("notified_at").toInstant(),
        new TenantId(row.getString("tenant_id")),
        new UserId(row.getString("user_id")),
        device == null ? null : new DeviceId(device),
        endpoint == null
            ? null
            : new PushSubscription(endpoint, row.getString("p256dh"), row.getString("auth")),
        row.getString("origin"),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getInteger("attempts"),
        row.getBoolean("settled"));
  }

  /** It is there, or no longer needed. */
  Future<?> delete(Push push) {
    return pool.preparedQuery(DELETE).execute(Tuple.of(push.id(), push.attempts()));
  }

  Future<?> postpone(Push push, Instant until) {
    return pool.preparedQuery(POSTPONE).execute(Tuple.of(push.id(), push.attempts(), utc(until)));
  }

  /**
   * Keeps it as a dead letter.
   *
   * @return whether it was still this attempt's
   */
  Future<Boolean> giveUp(Push push, String reason, Instant now) {
    return pool.preparedQuery(GIVE_UP)
        .execute(Tuple.of(push.id(), push.attempts(), reason, utc(now)))
        .map(SqlResult::rowCount)
        .map(count -> count > 0);
  }

  static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
