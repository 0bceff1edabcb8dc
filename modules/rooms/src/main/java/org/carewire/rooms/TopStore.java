package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.Tops.Top;
import org.carewire.protocol.UserId;

/** How far room logs have come. */
public final class TopStore {
  private static final String CHANGED =
      """
      select r.tenant_id, r.room_id, r.top, m.users
      from (select distinct room_key from entry where id >= $1) as changed
      join room r on r.key = changed.room_key and r.kind <> 'notifications'
      cross join lateral (
        select array_agg(user_id) as users from room_member where room_key = r.key) as m
      where m.users is not null
      """;

  private static final int VERSION_BITS = 16;

  private final Pool pool;

  public TopStore(Pool pool) {
    this.pool = pool;
  }

  /** The rooms that have entries of which the ids were made since then. */
  public Future<List<Top>> changedSince(Instant time) {
    return pool.preparedQuery(CHANGED)
        .execute(Tuple.of(firstId(time)))
        .map(
            rows -> {
              var tops = new ArrayList<Top>(rows.size());
              for (Row row : rows) {
                tops.add(
                    new Top(
                        new TenantId(row.getString("tenant_id")),
                        RoomId.parse(row.getString("room_id")),
                        row.getLong("top"),
                        Arrays.stream(row.getArrayOfStrings("users")).map(UserId::new).toList()));
              }
              return tops;
            });
  }

  /** Ids are UUIDs of version 7, which begin with their time. */
  private static UUID firstId(Instant time) {
    return new UUID(time.toEpochMilli() << VERSION_BITS, 0);
  }
}
