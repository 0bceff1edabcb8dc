package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** How far room logs have come. It reads all rooms, so it is for when something went wrong. */
public final class TopStore {
  private static final String CHANGED =
      """
      select r.tenant_id, r.room_id, r.top, m.users
      from room r
      cross join lateral (
        select array_agg(user_id) as users from room_member where room_key = r.key) as m
      where r.updated_at >= $1 and r.top > 0 and m.users is not null
      """;

  /** A room with its members. */
  public record Top(TenantId tenant, RoomId room, long top, List<UserId> members) {}

  private final Pool pool;

  public TopStore(Pool pool) {
    this.pool = pool;
  }

  /** The rooms that have had an entry since then. */
  public Future<List<Top>> changedSince(Instant time) {
    return pool.preparedQuery(CHANGED)
        .execute(Tuple.of(time.atOffset(ZoneOffset.UTC)))
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
}
