package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.carewire.notifications.Inbox.New;
import org.carewire.platform.Delivery.Notified.Notice;
import org.carewire.protocol.Caller;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UnreadFound;
import org.carewire.protocol.UserId;
import org.carewire.protocol.UserUnread;
import org.carewire.rooms.RoomLog;
import org.jspecify.annotations.Nullable;

/** The inboxes of users: what they have not read, and how many that is. */
final class InboxStore {
  /** In the order in which the rooms are locked. */
  private static final String ADD =
      """
      with added as (
        select i.n, i.tenant_id, i.user_id, e.room_key, e."offset", e.created_at
        from unnest($1::text[], $2::text[], $3::uuid[]) with ordinality
          as i (tenant_id, user_id, id, n)
        cross join lateral (
          select room_key, "offset", created_at from entry where id = i.id limit 1) as e
      ), counted as (
        insert into inbox as b (room_key, tenant_id, user_id, unread, version, changed_at)
        select room_key, tenant_id, user_id, count(*), 1, $4
        from added
        group by room_key, tenant_id, user_id
        order by room_key
        on conflict (room_key) do update
        set unread = b.unread + excluded.unread, version = b.version + 1,
          changed_at = excluded.changed_at
        returning b.room_key, b.unread, b.version
      ), noted as (
        insert into notification (room_key, "offset", push_at)
        select room_key, "offset",
          case when $5 or ($6 and exists (
            select from push_subscription s
            where s.tenant_id = a.tenant_id and s.user_id = a.user_id)) then $4::timestamptz end
        from added a
      )
      select a."offset", a.created_at, c.unread, c.version
      from added a
      join counted c on c.room_key = a.room_key
      order by a.n
      """;

  /** What follows sees the inbox as it is once it is locked. */
  private static final String LOCK =
      "select from inbox where tenant_id = $1 and user_id = $2 for no key update";

  private static final String READ =
      """
      with target as (
        select n.room_key, n."offset", n.read_at is null and n."offset" > i.read_up_to as is_unread,
          i.unread, i.version
        from inbox i
        cross join lateral (select room_key, "offset" from entry where id = $3 limit 1) as e
        join notification n on n.room_key = e.room_key and n."offset" = e."offset"
        where i.tenant_id = $1 and i.user_id = $2 and i.room_key = e.room_key
      ), marked as (
        update notification n
        set read_at = $4
        from target t
        where n.room_key = t.room_key and n."offset" = t."offset" and t.is_unread
        returning n.room_key
      ), counted as (
        update inbox i
        set unread = i.unread - 1, version = i.version + 1, changed_at = $4
        from marked m
        where i.room_key = m.room_key
        returning i.unread, i.version
      )
      select coalesce(c.unread, t.unread) as unread, coalesce(c.version, t.version) as version,
        t.is_unread
      from target t
      left join counted c on true
      """;

  private static final String READ_ALL =
      """
      with mine as (
        select i.room_key, i.unread, r.top
        from inbox i
        join room r on r.key = i.room_key
        where i.tenant_id = $1 and i.user_id = $2 and i.unread > 0
      ), noted as (
        insert into inbox_read_all (room_key, up_to, read_at) select room_key, top, $3 from mine
      ), counted as (
        update inbox i
        set unread = i.unread - m.unread, read_up_to = m.top, version = i.version + 1, changed_at = $3
        from mine m
        where i.room_key = m.room_key
        returning i.unread, i.version
      )
      select m.unread as marked, c.unread, c.version from mine m cross join counted c
      """;

  private static final String COUNT =
      "select unread, version from inbox where tenant_id = $1 and user_id = $2";

  private static final String CHANGED =
      """
      select i.tenant_id, i.user_id, i.unread, i.version, r.top
      from inbox i
      cross join lateral (select top from room where key = i.room_key limit 1) as r
      where i.changed_at >= $1
      """;

  /** What has become of a request to read one. */
  record Read(UserUnread unread, boolean wasUnread) {}

  /** What has become of a request to read all. */
  record AllRead(long marked, UserUnread unread) {}

  private final Pool pool;
  private final boolean toWebhook;
  private final boolean toBrowsers;

  /**
   * A store.
   *
   * @param config says where notifications may have to be pushed to
   */
  InboxStore(Pool pool, NotificationsConfig config) {
    this.pool = pool;
    this.toWebhook = config.webhook() != null;
    this.toBrowsers = config.webPush() != null;
  }

  /**
   * Adds entries that the transaction has appended, at once.
   *
   * @return one for each, in the same order
   */
  Future<List<Notice>> add(SqlConnection connection, List<New> news, Instant now) {
    return connection
        .preparedQuery(ADD)
        .execute(
            Tuple.of(
                    news.stream().map(one -> one.tenant().value()).toArray(String[]::new),
                    news.stream().map(one -> one.user().value()).toArray(String[]::new),
                    news.stream().map(one -> one.id().value()).toArray(UUID[]::new),
                    now.atOffset(ZoneOffset.UTC),
                    toWebhook)
                .addBoolean(toBrowsers))
        .map(
            rows -> {
              var notices = new ArrayList<Notice>(rows.size());
              for (Row row : rows) {
                New added = news.get(notices.size());
                notices.add(
                    new Notice(
                        added.id(),
                        row.getLong("offset"),
                        row.getOffsetDateTime("created_at").toInstant(),
                        unread(added.user(), row)));
              }
              return notices;
            });
  }

  /** Marks one as read; empty where the user has none of that id. */
  Future<Optional<Read>> read(Caller caller, EntryId id, Instant now) {
    Tuple arguments = user(caller).addValue(id.value()).addValue(now.atOffset(ZoneOffset.UTC));
    return locked(
            caller,
            connection -> connection.preparedQuery(READ).execute(arguments).map(this::first))
        .map(
            found ->
                found.map(
                    row -> new Read(unread(caller.user(), row), row.getBoolean("is_unread"))));
  }

  /** Marks all as read; empty where none was unread. */
  Future<Optional<AllRead>> readAll(Caller caller, Instant now) {
    Tuple arguments = user(caller).addValue(now.atOffset(ZoneOffset.UTC));
    return locked(
            caller,
            connection -> connection.preparedQuery(READ_ALL).execute(arguments).map(this::first))
        .map(
            found ->
                found.map(row -> new AllRead(row.getLong("marked"), unread(caller.user(), row))));
  }

  private interface Statement {
    Future<Optional<Row>> send(SqlConnection connection);
  }

  private Future<Optional<Row>> locked(Caller caller, Statement statement) {
    return pool.withConnection(
        connection ->
            RoomLog.atOnce(
                connection,
                () -> {
                  Future<?> lock = connection.preparedQuery(LOCK).execute(user(caller));
                  Future<Optional<Row>> row = statement.send(connection);
                  return Future.all(lock, row).map(_ -> row.result());
                }));
  }

  private Optional<Row> first(Iterable<Row> rows) {
    var iterator = rows.iterator();
    return iterator.hasNext() ? Optional.of(iterator.next()) : Optional.empty();
  }

  Future<UserUnread> count(Caller caller) {
    return pool.preparedQuery(COUNT)
        .execute(user(caller))
        .map(
            rows ->
                first(rows)
                    .map(row -> unread(caller.user(), row))
                    .orElse(new UserUnread(caller.user(), 0, 0)));
  }

  /** The counts that have changed since then, and how far the rooms have come. */
  Future<UnreadFound> changedSince(Instant since) {
    return pool.preparedQuery(CHANGED)
        .execute(Tuple.of(since.atOffset(ZoneOffset.UTC)))
        .map(
            rows -> {
              Map<TenantId, List<UnreadFound.Changed>> found = new LinkedHashMap<>();
              for (Row row : rows) {
                found
                    .computeIfAbsent(
                        new TenantId(row.getString("tenant_id")), _ -> new ArrayList<>())
                    .add(
                        new UnreadFound.Changed(
                            unread(new UserId(row.getString("user_id")), row), row.getLong("top")));
              }
              return new UnreadFound(
                  found.entrySet().stream()
                      .map(tenant -> new UnreadFound.OfTenant(tenant.getKey(), tenant.getValue()))
                      .toList());
            });
  }

  private static Tuple user(Caller caller) {
    return Tuple.tuple().addValue(caller.tenant().value()).addValue(caller.user().value());
  }

  private static UserUnread unread(UserId user, Row row) {
    return new UserUnread(user, row.getLong("unread"), row.getLong("version"));
  }

  static @Nullable Instant time(Row row, String column) {
    var time = row.getOffsetDateTime(column);
    return time == null ? null : time.toInstant();
  }
}
