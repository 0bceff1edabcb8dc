package org.carewire.notifications;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.carewire.notifications.Inbox.New;
import org.carewire.notifications.PostStore.Planned;
import org.carewire.notifications.PostStore.Post;
import org.carewire.platform.Delivery.Notified.Notice;
import org.carewire.platform.Platform;
import org.carewire.platform.Postgres;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.Json;
import org.carewire.protocol.NotificationType;
import org.carewire.protocol.Topic;
import org.carewire.protocol.UserId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends posts whose time has come, on every node: a part of one, or of several small ones, at a
 * time. A part is stored together with how far the post has come, so whoever dies, the next one
 * goes on where it ended. Used on one event loop only.
 */
final class SendingPosts {
  private static final Logger log = LoggerFactory.getLogger(SendingPosts.class);
  private static final long EVERY_MS = 250;

  /** Users at a time. */
  private static final int PART = 1_000;

  /** Posts to users at a time: reminders are many, at the full hour. */
  private static final int POSTS = 500;

  /** What a transaction has stored, to be told once it is committed. */
  private record Sent(Post post, List<Notice> notices) {}

  private final Vertx vertx;
  private final Pool pool;
  private final Clock clock;
  private final Inbox inbox;
  private final Trouble trouble = new Trouble(log, "notifications.sending");
  private final Timer lateness;
  private boolean sending;
  private boolean again;

  SendingPosts(Vertx vertx, Platform platform, Inbox inbox) {
    this.vertx = vertx;
    this.pool = platform.pool();
    this.clock = platform.clock();
    this.inbox = inbox;
    this.lateness = platform.metrics().timer("carewire.notifications.late");
  }

  void start() {
    vertx.setPeriodic(EVERY_MS, _ -> next());
  }

  /** Sends what there is to be sent. */
  void next() {
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    again = false;
    Instant begun = clock.instant();
    Future.join(part(true, begun), part(false, begun))
        .onComplete(
            done -> {
              sending = false;
              trouble.note(done.cause());
              if (done.succeeded() && (again || done.result().list().contains(true))) {
                next();
              }
            });
  }

  private Future<Boolean> part(boolean toTopics, Instant now) {
    var storing = new AtomicBoolean();
    return Postgres.transaction(
            pool,
            connection ->
                toTopics
                    ? toSubscribers(connection, now, storing)
                    : toUsers(connection, now, storing))
        .recover(failure -> inbox.doubt(now, failure, storing.get()))
        .map(
            sent -> {
              sent.forEach(this::tell);
              return !sent.isEmpty();
            });
  }

  private Future<List<Sent>> toSubscribers(
      SqlConnection connection, Instant now, AtomicBoolean storing) {
    return PostStore.claim(connection, true, 1, now)
        .compose(
            posts ->
                posts.isEmpty()
                    ? Future.succeededFuture(List.of())
                    : toSubscribers(connection, posts.getFirst(), storing));
  }

  private Future<List<Sent>> toSubscribers(
      SqlConnection connection, Post post, AtomicBoolean storing) {
    Topic topic = requireNonNull(post.topic());
    return PostStore.subscribers(connection, post.tenant(), topic, post.reached(), PART)
        .compose(
            users -> {
              List<New> news =
                  users.stream()
                      .map(
                          user ->
                              new New(
                                  PostingNotifications.freshId(),
                                  post.tenant(),
                                  user,
                                  post.content()))
                      .toList();
              UserId reached = users.isEmpty() ? post.reached() : users.getLast();
              boolean done = users.size() < PART;
              return store(connection, news, storing)
                  .compose(
                      notices ->
                          PostStore.reached(connection, post.id(), reached, done, clock.instant())
                              .map(List.of(new Sent(post, notices))));
            });
  }

  private Future<List<Sent>> toUsers(SqlConnection connection, Instant now, AtomicBoolean storing) {
    return PostStore.claim(connection, false, POSTS, now)
        .compose(
            posts ->
                posts.isEmpty()
                    ? Future.succeededFuture(List.of())
                    : toUsers(connection, posts, storing));
  }

  private Future<List<Sent>> toUsers(
      SqlConnection connection, List<Post> posts, AtomicBoolean storing) {
    return PostStore.takePlanned(connection, posts, PART)
        .compose(
            planned -> {
              Map<EntryId, Post> byId = new HashMap<>();
              posts.forEach(post -> byId.put(post.id(), post));
              List<New> news =
                  planned.stream()
                      .map(one -> planned(requireNonNull(byId.get(one.post())), one))
                      .toList();
              return store(connection, news, storing)
                  .compose(
                      notices ->
                          PostStore.sentPlanned(connection, posts, clock.instant())
                              .map(sent(posts, planned, notices)));
            });
  }

  private static New planned(Post post, Planned one) {
    return new New(one.id(), post.tenant(), one.user(), post.content());
  }

  private static List<Sent> sent(List<Post> posts, List<Planned> planned, List<Notice> notices) {
    Map<EntryId, List<Notice>> byPost = new HashMap<>();
    for (int i = 0; i < planned.size(); i++) {
      byPost.computeIfAbsent(planned.get(i).post(), _ -> new ArrayList<>()).add(notices.get(i));
    }
    return posts.stream()
        .map(post -> new Sent(post, byPost.getOrDefault(post.id(), List.of())))
        .toList();
  }

  private Future<List<Notice>> store(
      SqlConnection connection, List<New> news, AtomicBoolean storing) {
    storing.set(true);
    return news.isEmpty() ? Future.succeededFuture(List.of()) : inbox.store(connection, news);
  }

  private void tell(Sent sent) {
    if (sent.notices().isEmpty()) {
      return;
    }
    Post post = sent.post();
    Duration late = Duration.between(post.sendAt(), clock.instant());
    if (post.reached() == null) {
      lateness.record(late.isNegative() ? Duration.ZERO : late);
    }
    NotificationType type =
        NotificationType.parse(Json.tree(post.content()).path("type").textValue());
    inbox.tell(post.tenant(), type, post.content(), sent.notices());
  }
}
