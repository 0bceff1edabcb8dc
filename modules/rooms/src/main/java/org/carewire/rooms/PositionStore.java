package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Positions.Position;
import org.carewire.protocol.RoomId;
import org.jspecify.annotations.Nullable;

/** Where the logs of users' rooms stand, and how far their devices have come in them. */
public final class PositionStore {
  /** A device unseen for so long is forgotten. */
  private static final Duration FORGOTTEN_AFTER = Duration.ofDays(90);

  /** A device is noted as seen no more often, so that a reconnect writes nothing. */
  private static final Duration SEEN_EVERY = Duration.ofDays(1);

  /** Of a user; those that were seen last are kept. */
  private static final int MAX_DEVICES = 100;

  private static final int FORGOTTEN_AT_ONCE = 1_000;

  private static final String FIND =
      """
      select a.n, d.key as device_key, coalesce(d.seen_at < $5, a.device_id is not null) as stale,
        r.room_id, r.top, coalesce(c."offset", 0) as "offset"
      from unnest($1::text[], $2::text[], $3::text[]) with ordinality
        as a (tenant_id, user_id, device_id, n)
      left join device d using (tenant_id, user_id, device_id)
      left join (
        room_member m
        join room r on r.key = m.room_key and r.kind in ('chat', 'visit', 'group', 'notifications')
          and (cardinality($4::text[]) = 0 or r.room_id = any ($4))
      ) on m.tenant_id = a.tenant_id and m.user_id = a.user_id
      left join device_cursor c on c.device_key = d.key and c.room_key = r.key
      order by a.n
      """;

  /** In one statement, so that a device is never there without its cursors. */
  private static final String REGISTER =
      """
      with fresh as (
        insert into device as d (tenant_id, user_id, device_id, seen_at)
        select a.tenant_id, a.user_id, a.device_id, $4
        from unnest($1::text[], $2::text[], $3::text[]) as a (tenant_id, user_id, device_id)
        on conflict (tenant_id, user_id, device_id) do update set seen_at = excluded.seen_at
        returning d.key, d.tenant_id, d.user_id, d.xmax = 0 as added
      )
      insert into device_cursor (device_key, room_key, "offset")
      select f.key, r.key, r.top
      from fresh f
      join room_member m on m.tenant_id = f.tenant_id and m.user_id = f.user_id
      join room r on r.key = m.room_key and r.top > 0
      where f.added
      """;

  private static final String FORGET =
      """
      delete from device where key in (
        select key
        from (
          select key, seen_at,
            row_number() over (
              partition by tenant_id, user_id order by seen_at desc, key desc) as place
          from device) as d
        where seen_at < $1 or place > $2
        limit $3)
      """;

  /** A device as the database names it, in the order in which rows are locked. */
  private record DeviceName(String tenant, String user, String device)
      implements Comparable<DeviceName> {
    private static final Comparator<DeviceName> ORDER =
        Comparator.comparing(DeviceName::tenant)
            .thenComparing(DeviceName::user)
            .thenComparing(DeviceName::device);

    @Override
    public int compareTo(DeviceName other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * What is known of one caller.
   *
   * @param stale whether its device is new, or was not seen of late
   * @param isNew whether its device is new
   */
  private record Found(List<Position> positions, boolean stale, boolean isNew) {

    /** A device that is new has no cursor yet. */
    List<Position> positionsOf(Found before) {
      return before.isNew()
          ? positions.stream().map(at -> new Position(at.room(), at.top(), null)).toList()
          : positions;
    }
  }

  private final Pool pool;
  private final Clock clock;

  public PositionStore(Pool pool, Clock clock) {
    this.pool = pool;
    this.clock = clock;
  }

  /**
   * The positions of each caller, in the same order. A device that is new starts at the top of the
   * rooms that there are, and at 0 in those that its user enters later.
   *
   * @param rooms which of them; empty: all
   */
  public Future<List<List<Position>>> find(List<Caller> callers, List<RoomId> rooms) {
    Instant now = clock.instant();
    return find(callers, rooms, now)
        .compose(
            found -> {
              var stale = new TreeSet<DeviceName>();
              for (int i = 0; i < callers.size(); i++) {
                if (found.get(i).stale()) {
                  stale.add(name(callers.get(i)));
                }
              }
              return stale.isEmpty()
                  ? Future.succeededFuture(found.stream().map(Found::positions).toList())
                  : register(List.copyOf(stale), now)
                      .compose(_ -> find(callers, rooms, now))
                      .map(again -> positions(found, again));
            });
  }

  private static List<List<Position>> positions(List<Found> before, List<Found> now) {
    var positions = new ArrayList<List<Position>>(now.size());
    for (int i = 0; i < now.size(); i++) {
      positions.add(now.get(i).positionsOf(before.get(i)));
    }
    return positions;
  }

  private Future<List<Found>> find(List<Caller> callers, List<RoomId> rooms, Instant now) {
    return pool.preparedQuery(FIND)
        .execute(
            Tuple.of(
                callers.stream().map(caller -> caller.tenant().value()).toArray(String[]::new),
                callers.stream().map(caller -> caller.user().value()).toArray(String[]::new),
                callers.stream().map(PositionStore::device).toArray(String[]::new),
                rooms.stream().map(RoomId::value).toArray(String[]::new),
                utc(now.minus(SEEN_EVERY))))
        .map(rows -> found(callers, rows));
  }

  private static List<Found> found(List<Caller> callers, RowSet<Row> rows) {
    var found = new ArrayList<Found>(callers.size());
    for (Row row : rows) {
      int n = row.getInteger("n");
      if (found.size() < n) {
        boolean isNew = callers.get(n - 1).device() != null && row.getLong("device_key") == null;
        found.add(new Found(new ArrayList<>(), row.getBoolean("stale"), isNew));
      }
      String room = row.getString("room_id");
      if (room != null) {
        boolean hasDevice = callers.get(n - 1).device() != null;
        found
            .get(n - 1)
            .positions()
            .add(
                new Position(
                    RoomId.parse(room),
                    row.getLong("top"),
                    hasDevice ? row.getLong("offset") : null));
      }
    }
    return found;
  }

  private Future<?> register(List<DeviceName> devices, Instant now) {
    return pool.preparedQuery(REGISTER)
        .execute(
            Tuple.of(
                devices.stream().map(DeviceName::tenant).toArray(String[]::new),
                devices.stream().map(DeviceName::user).toArray(String[]::new),
                devices.stream().map(DeviceName::device).toArray(String[]::new),
                utc(now)));
  }

  /** Forgets devices that were not seen for long, and those of a user beyond the last hundred. */
  public Future<?> forgetUnseen() {
    return pool.preparedQuery(FORGET)
        .execute(
            Tuple.of(utc(clock.instant().minus(FORGOTTEN_AFTER)), MAX_DEVICES, FORGOTTEN_AT_ONCE))
        .compose(
            rows ->
                rows.rowCount() < FORGOTTEN_AT_ONCE ? Future.succeededFuture() : forgetUnseen());
  }

  private static DeviceName name(Caller caller) {
    return new DeviceName(
        caller.tenant().value(), caller.user().value(), String.valueOf(caller.device()));
  }

  private static @Nullable String device(Caller caller) {
    return caller.device() == null ? null : caller.device().value();
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
