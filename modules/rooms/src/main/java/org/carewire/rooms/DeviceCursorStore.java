package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** How far each device has acknowledged each room. */
final class DeviceCursorStore {
  /** Nothing for devices that are not known, nor for rooms that their users are not in any more. */
  private static final String WRITE =
      """
      with known as (
        select d.key, c.room_key, c."offset"
        from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
          as c (tenant_id, user_id, device_id, room_key, "offset")
        join device d on d.tenant_id = c.tenant_id and d.user_id = c.user_id
          and d.device_id = c.device_id
        join room_member m on m.room_key = c.room_key and m.user_id = c.user_id
          and m.tenant_id = c.tenant_id
        order by d.key, c.room_key
        for key share of d
      )
      insert into device_cursor as c (device_key, room_key, "offset")
      select * from known
      on conflict (device_key, room_key) do update set "offset" = excluded."offset"
      where c."offset" < excluded."offset"
      """;

  /** A device in a room. */
  record DeviceRoom(TenantId tenant, UserId user, DeviceId device, long roomKey) {}

  private DeviceCursorStore() {}

  /** Moves cursors up to the given offsets; those that are higher stay. */
  static Future<?> write(SqlClient client, Map<DeviceRoom, Long> offsets) {
    List<DeviceRoom> cursors = List.copyOf(offsets.keySet());
    return client
        .preparedQuery(WRITE)
        .execute(
            Tuple.of(
                texts(cursors, cursor -> cursor.tenant().value()),
                texts(cursors, cursor -> cursor.user().value()),
                texts(cursors, cursor -> cursor.device().value()),
                cursors.stream().map(DeviceRoom::roomKey).toArray(Long[]::new),
                cursors.stream().map(offsets::get).toArray(Long[]::new)));
  }

  private static String[] texts(List<DeviceRoom> cursors, Function<DeviceRoom, String> field) {
    return cursors.stream().map(field).toArray(String[]::new);
  }
}
