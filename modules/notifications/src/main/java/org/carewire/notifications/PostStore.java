package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.Topic;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** What is to be sent later, or to the subscribers of topics, and how far that has come. */
final class PostStore {
  /** How long one that is done is known, so that who cancels it is told so. */
  private static final Duration KEPT = Duration.ofHours(24);

  private static final String ADD =
      """
      insert into notification_post (id, tenant_id, topic, content, send_at, next_at)
      values ($1, $2, $3, $4::text::json, $5, $5)
      """;

  private static final String PLAN =
      """
      insert into notification_planned (id, post_id, user_id)
      select id, $1, user_id from unnest($2::uuid[], $3::text[]) as p (id, user_id)
      """;

  /** A node that stands still in the midst of it keeps others from what is due no longer. */
  private static final String IMPATIENT = "set local idle_in_transaction_session_timeout = '500ms'";

  private static final String CLAIM =
      """
      select id, tenant_id, topic, content::text as content, send_at, reached
      from notification_post
      where next_at <= $1 and topic is %s
      order by next_at
      limit $2
      for update skip locked
      """;

  private static final String CLAIM_TO_USERS = CLAIM.formatted("null");
  private static final String CLAIM_TO_TOPICS = CLAIM.formatted("not null");

  /** So many of the users of these posts; they are on their way. */
  private static final String TAKE_PLANNED =
      """
      delete from notification_planned
      where id = any (array(
        select id from notification_planned
        where post_id = any ($1::uuid[])
        order by post_id, user_id
        limit $2))
      returning id, post_id, user_id
      """;

  private static final String SUBSCRIBERS =
      """
      select user_id from topic_subscription
      where tenant_id = $1 and topic = $2 and user_id > coalesce($3, '')
      order by user_id
      limit $4
      """;

  /** Those for whom users are left have their turn again after all others that wait. */
  private static final String PLANNED_SENT =
      """
      update notification_post o
      set next_at = case when l.left then $2::timestamptz end,
        done_at = case when l.left then null else $2::timestamptz end
      from unnest($1::uuid[]) as p (id)
      cross join lateral (
        select exists (select from notification_planned where post_id = p.id) as left) as l
      where o.id = p.id and o.id = any ($1::uuid[])
      """;

  private static final String REACHED =
      "update notification_post set reached = $2, next_at = $3, done_at = $4 where id = $1";

  private static final String CANCEL_PLANNED =
      """
      delete from notification_planned p
      using notification_post o
      where p.id = $2 and o.id = p.post_id and o.tenant_id = $1
      """;

  private static final String CANCEL_POST =
      """
      delete from notification_post
      where id = $2 and tenant_id = $1 and topic is not null and reached is null
        and done_at is null
      """;

  private static final String IS_SENT =
      """
      select exists (select from notification_post where id = $2 and tenant_id = $1)
        or exists (
          select from entry e
          join room r on r.key = e.room_key
          where e.id = $2 and e.kind = 'notification' and r.tenant_id = $1) as sent
      """;

  private static final String PURGE = "delete from notification_post where done_at < $1";

  /**
   * A post.
   *
   * @param topic absent where it is for users
   * @param reached the last of the topic's subscribers who has it; absent before the first
   */
  record Post(
      EntryId id,
      TenantId tenant,
      @Nullable Topic topic,
      RawJson content,
      Instant sendAt,
      @Nullable UserId reached) {}

  /** A user whom a post is for, and the id that the notification is to have. */
  record Planned(EntryId id, EntryId post, UserId user) {}

  private final Pool pool;

  PostStore(Pool pool) {
    this.pool = pool;
  }

  /**
   * Adds a post, in the caller's transaction.
   *
   * @param planned those whom it is for; nobody where that is a topic's subscribers
   */
  static Future<?> add(SqlConnection connection, Post post, List<Planned> planned) {
    Topic topic = post.topic();
    Future<?> added =
        connection
            .preparedQuery(ADD)
            .execute(
                Tuple.of(
                    post.id().value(),
                    post.tenant().value(),
                    topic == null ? null : topic.value(),
                    post.content().text(),
                    utc(post.sendAt())));
    return planned.isEmpty()
        ? added
        : Future.all(
            added,
            connection
                .preparedQuery(PLAN)
                .execute(
                    Tuple.of(
                        post.id().value(),
                        planned.stream().map(one -> one.id().value()).toArray(UUID[]::new),
                        planned.stream().map(one -> one.user().value()).toArray(String[]::new))));
  }

  /** Posts whose turn it is, locked; either those to topics or those to users. */
  static Future<List<Post>> claim(
      SqlConnection connection, boolean toTopics, int limit, Instant now) {
    return connection
        .query(IMPATIENT)
        .execute()
        .compose(
            _ ->
                connection
                    .preparedQuery(toTopics ? CLAIM_TO_TOPICS : CLAIM_TO_USERS)
                    .execute(Tuple.of(utc(now), limit)))
        .map(
            rows -> {
              var posts = new ArrayList<Post>(rows.size());
              rows.forEach(row -> posts.add(post(row)));
              return posts;
            });
  }

  private static Post post(Row row) {
    String topic = row.getString("topic");
    String reached = row.getString("reached");
    return new Post(
        new EntryId(row.getUUID("id")),
        new TenantId(row.getString("tenant_id")),
        topic == null ? null : new Topic(topic),
        RawJson.of(row.getString("content")),
        row.getOffsetDateTime("send_at").toInstant(),
        reached == null ? null : new UserId(reached));
  }

  /** Takes some of those whom posts are for; they are to be sent in the same transaction. */
  static Future<List<Planned>> takePlanned(SqlConnection connection, List<Post> posts, int limit) {
    return connection
        .preparedQuery(TAKE_PLANNED)
        .execute(Tuple.of(ids(posts), limit))
        .map(
            rows -> {
              var planned = new ArrayList<Planned>(rows.size());
              for (Row row : rows) {
                planned.add(
                    new Planned(
                        new EntryId(row.getUUID("id")),
                        new EntryId(row.getUUID("post_id")),
                        new UserId(row.getString("user_id"))));
              }
              return planned;
            });
  }

  /** The next subscribers of a topic after the last who has the post. */
  static Future<List<UserId>> subscribers(
      SqlConnection connection, TenantId tenant, Topic topic, @Nullable UserId after, int limit) {
    return connection
        .preparedQuery(SUBSCRIBERS)
        .execute(
            Tuple.of(tenant.value(), topic.value(), after == null ? null : after.value(), limit))
        .map(
            rows -> {
              var users = new ArrayList<UserId>(rows.size());
              rows.forEach(row -> users.add(new UserId(row.getString("user_id"))));
              return users;
            });
  }

  /** Those taken are sent. */
  static Future<?> sentPlanned(SqlConnection connection, List<Post> posts, Instant now) {
    return connection.preparedQuery(PLANNED_SENT).execute(Tuple.of(ids(posts), utc(now)));
  }

  /**
   * A topic's subscribers have the post up to this one.
   *
   * @param done whether that is all
   */
  static Future<?> reached(
      SqlConnection connection, EntryId post, @Nullable UserId reached, boolean done, Instant now) {
    return connection
        .preparedQuery(REACHED)
        .execute(
            Tuple.of(
                post.value(),
                reached == null ? null : reached.value(),
                done ? null : utc(now),
                done ? utc(now) : null));
  }

  /** Cancels what is not sent; answers whether there was such a thing. */
  Future<Boolean> cancel(TenantId tenant, EntryId id) {
    Tuple named = Tuple.of(tenant.value(), id.value());
    return pool.preparedQuery(CANCEL_PLANNED)
        .execute(named)
        .compose(
            planned ->
                planned.rowCount() > 0
                    ? Future.succeededFuture(true)
                    : pool.preparedQuery(CANCEL_POST)
                        .execute(named)
                        .map(posts -> posts.rowCount() > 0));
  }

  /** Whether there was a notification or a post of that id. */
  Future<Boolean> isSent(TenantId tenant, EntryId id) {
    return pool.preparedQuery(IS_SENT)
        .execute(Tuple.of(tenant.value(), id.value()))
        .map(PostStore::sent);
  }

  private static boolean sent(RowSet<Row> rows) {
    return rows.iterator().next().getBoolean("sent");
  }

  /** Forgets posts that are done for long. */
  Future<?> purge(Instant now) {
    return pool.preparedQuery(PURGE).execute(Tuple.of(utc(now.minus(KEPT))));
  }

  private static UUID[] ids(List<Post> posts) {
    return posts.stream().map(post -> post.id().value()).toArray(UUID[]::new);
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
