package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.NotificationPriority;
import org.carewire.protocol.NotificationType;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** The notifications of which it is to be found out whether they are to be pushed. */
final class PushLookStore {
  /** By the places of the rows, so that no plan reads more than these of a table that has grown. */
  private static final String CLAIM =
      """
      with due as materialized (
        select ctid from notification where push_at <= $1 order by push_at limit $3
        for update skip locked
      ), claimed as (
        update notification set push_at = $2
        where ctid = any (array(select ctid from due))
        returning room_key, "offset", read_at
      )
      select c.room_key, c."offset", e.id, i.tenant_id, i.user_id, e.content ->> 'type' as type,
        e.content ->> 'priority' as priority, e.created_at,
        c.read_at is not null or c."offset" <= i.read_up_to as read, m.delivered
      from claimed c
      cross join lateral (
        select tenant_id, user_id, read_up_to from inbox where room_key = c.room_key limit 1) as i
      cross join lateral (
        select id, content, created_at from entry
        where room_key = c.room_key and "offset" = c."offset" limit 1) as e
      cross join lateral (
        select delivered from room_member
        where room_key = c.room_key and user_id = i.user_id limit 1) as m
      """;

  /** Only where nobody else has looked meanwhile. */
  private static final String SETTLE =
      """
      with looked as (
        select *
        from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::boolean[], $5::uuid[],
                    $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[])
          as l (room_key, "offset", again_at, pushed, id, tenant_id, user_id, type, priority,
                notified_at)
      ), settled as (
        update notification n
        set push_at = l.again_at
        from looked l
        where n.push_at = $11 and n.room_key = l.room_key and n."offset" = l."offset"
        returning n.room_key, n."offset"
      )
      insert into push (room_key, "offset", notification_id, type, priority, notified_at, tenant_id,
                        user_id, device_id, origin, created_at, next_at)
      select l.room_key, l."offset", l.id, l.type, l.priority, l.notified_at, l.tenant_id,
        l.user_id, t.device_id, t.origin, $12, $12
      from settled s
      join looked l using (room_key, "offset")
      cross join lateral (
        select * from (
          select device_id, origin from push_subscription
          where $13 and tenant_id = l.tenant_id and user_id = l.user_id
          for key share) as subscribed
        union all
        select null, $14::text where $14::text is not null
      ) as t
      where l.pushed
      on conflict do nothing
      """;

  private final Pool pool;

  PushLookStore(Pool pool) {
    this.pool = pool;
  }

  /**
   * What is found of a notification.
   *
   * @param againAt when to look again; absent where it is settled
   */
  record Finding(PushLook look, boolean pushed, @Nullable Instant againAt) {}

  /** Some that are due; others are not given them until then. */
  Future<List<PushLook>> claim(Instant now, Instant until, int limit) {
    return pool.preparedQuery(CLAIM)
        .mapping(PushLookStore::look)
        .execute(Tuple.of(PushStore.utc(now), PushStore.utc(until), (long) limit))
        .map(
            rows -> {
              var looks = new ArrayList<PushLook>(rows.size());
              rows.forEach(looks::add);
              return looks;
            });
  }

  private static PushLook look(Row row) {
    return new PushLook(
        row.getLong("room_key"),
        row.getLong("offset"),
        new EntryId(row.getUUID("id")),
        new TenantId(row.getString("tenant_id")),
        new UserId(row.getString("user_id")),
        NotificationType.parse(row.getString("type")),
        NotificationPriority.parse(row.getString("priority")),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getBoolean("read"),
        row.getLong("delivered"));
  }

  /**
   * Keeps what was found, and what is to be pushed with it.
   *
   * @param claimedUntil as they were claimed
   * @param toBrowsers whether they are pushed to
   * @param webhook its origin; absent where there is none
   * @return how many pushes there are to be
   */
  Future<Integer> settle(
      List<Finding> findings,
      Instant claimedUntil,
      Instant now,
      boolean toBrowsers,
      @Nullable String webhook) {
    Tuple arguments =
        Tuple.tuple()
            .addValue(array(findings, f -> f.look().room(), Long[]::new))
            .addValue(array(findings, f -> f.look().offset(), Long[]::new))
            .addValue(array(findings, PushLookStore::againAt, OffsetDateTime[]::new))
            .addValue(array(findings, Finding::pushed, Boolean[]::new))
            .addValue(array(findings, f -> f.look().id().value(), UUID[]::new))
            .addValue(array(findings, f -> f.look().tenant().value(), String[]::new))
            .addValue(array(findings, f -> f.look().user().value(), String[]::new))
            .addValue(array(findings, f -> f.look().type().wireName(), String[]::new))
            .addValue(array(findings, f -> f.look().priority().wireName(), String[]::new))
            .addValue(
                array(findings, f -> PushStore.utc(f.look().notifiedAt()), OffsetDateTime[]::new))
            .addValue(PushStore.utc(claimedUntil))
            .addValue(PushStore.utc(now))
            .addValue(toBrowsers)
            .addValue(webhook);
    return pool.preparedQuery(SETTLE).execute(arguments).map(SqlResult::rowCount);
  }

  private static @Nullable OffsetDateTime againAt(Finding finding) {
    Instant at = finding.againAt();
    return at == null ? null : PushStore.utc(at);
  }

  private static <T> T[] array(
      List<Finding> findings, Function<Finding, ? extends @Nullable T> of, IntFunction<T[]> make) {
    return findings.stream().map(of).toArray(make);
  }
}
