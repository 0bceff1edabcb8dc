package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.carewire.platform.Postgres;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Group;
import org.carewire.protocol.GroupId;
import org.carewire.protocol.PutGroup;
import org.carewire.protocol.Role;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** Care teams. */
public final class GroupStore {
  private static final String PUT =
      """
      insert into care_group (tenant_id, group_id, room_key, title) values ($1, $2, $3, $4)
      on conflict (tenant_id, group_id) do update set title = excluded.title
      returning xmax = 0 as created
      """;

  private static final String GET =
      """
      select g.title, array_agg(m.user_id order by m.user_id) as members
      from care_group g
      join room_member m on m.room_key = g.room_key
      where g.tenant_id = $1 and g.group_id = $2
      group by g.title
      """;

  /**
   * What a put changed.
   *
   * @param removed who was taken off
   */
  public record Change(Group group, boolean created, List<UserId> removed) {}

  private final Pool pool;
  private final Clock clock;

  public GroupStore(Pool pool, Clock clock) {
    this.pool = pool;
    this.clock = clock;
  }

  /** The group, its room and its members, in one transaction. */
  public Future<Change> put(Caller caller, PutGroup command) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Map<UserId, @Nullable Role> members = new LinkedHashMap<>();
    command.members().forEach(user -> members.put(user, null));
    return Postgres.transaction(
        pool,
        connection ->
            MemberStore.lockRoom(connection, caller, command.room(), now)
                .compose(
                    key ->
                        MemberStore.set(connection, caller, command.room(), key, members, now)
                            .compose(
                                removed ->
                                    putRow(connection, caller, command, key)
                                        .map(created -> change(command, created, removed)))));
  }

  private static Future<Boolean> putRow(
      SqlConnection connection, Caller caller, PutGroup command, long roomKey) {
    return connection
        .preparedQuery(PUT)
        .execute(
            Tuple.of(caller.tenant().value(), command.group().value(), roomKey, command.title()))
        .map(rows -> rows.iterator().next().getBoolean("created"));
  }

  private static Change change(PutGroup command, boolean created, List<UserId> removed) {
    Group group = new Group(command.group(), command.members(), command.title());
    return new Change(group, created, removed);
  }

  /** The group; null where there is none. */
  public Future<@Nullable Group> find(Caller caller, GroupId id) {
    return pool.preparedQuery(GET)
        .execute(Tuple.of(caller.tenant().value(), id.value()))
        .map(
            rows -> {
              for (Row row : rows) {
                return new Group(
                    id,
                    Arrays.stream(row.getArrayOfStrings("members")).map(UserId::new).toList(),
                    row.getString("title"));
              }
              return null;
            });
  }
}
