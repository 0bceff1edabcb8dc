package org.carewire.notifications;

import static java.util.Objects.requireNonNull;

import com.github.f4b6a3.uuid.UuidCreator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.carewire.notifications.IdempotencyStore.Request;
import org.carewire.notifications.Inbox.New;
import org.carewire.notifications.PostStore.Planned;
import org.carewire.notifications.PostStore.Post;
import org.carewire.platform.Conflicts;
import org.carewire.platform.Delivery.Notified.Notice;
import org.carewire.protocol.Caller;
import org.carewire.protocol.CancelNotification;
import org.carewire.protocol.Done;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.IdempotencyKey;
import org.carewire.protocol.Json;
import org.carewire.protocol.NotificationContent;
import org.carewire.protocol.NotificationsPosted;
import org.carewire.protocol.NotifyMissedCall;
import org.carewire.protocol.PostNotifications;
import org.carewire.protocol.PostToTopic;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.rooms.RoomLog;
import org.jspecify.annotations.Nullable;

/**
 * Takes notifications from the platform's services: for users they are stored at once; what is for
 * later or for a topic is stored as a post, which {@link SendingPosts} sends.
 */
final class PostingNotifications {
  /** Who plans further ahead has got the year wrong. */
  private static final Duration FURTHEST = Duration.ofDays(366);

  private final Pool pool;
  private final Clock clock;
  private final Inbox inbox;
  private final IdempotencyStore repeats;
  private final PostStore posts;
  private final SendingPosts sending;

  PostingNotifications(
      Pool pool,
      Clock clock,
      Inbox inbox,
      IdempotencyStore repeats,
      PostStore posts,
      SendingPosts sending) {
    this.pool = pool;
    this.clock = clock;
    this.inbox = inbox;
    this.repeats = repeats;
    this.posts = posts;
    this.sending = sending;
  }

  Future<NotificationsPosted> post(Caller caller, PostNotifications command) {
    requirePlatform(caller);
    List<EntryId> ids =
        Stream.generate(PostingNotifications::freshId).limit(command.users().size()).toList();
    Instant later = later(command.sendAt());
    Request request = request(caller, command.key(), command);
    return later == null
        ? notifyNow(caller.tenant(), request, ids, command.users(), command.content())
        : plan(caller.tenant(), request, ids, command, later);
  }

  Future<NotificationsPosted> postToTopic(Caller caller, PostToTopic command) {
    requirePlatform(caller);
    Instant now = clock.instant();
    Instant later = later(command.sendAt());
    var post =
        new Post(
            freshId(),
            caller.tenant(),
            command.topic(),
            Json.raw(command.content()),
            later == null ? now : later,
            null);
    Future<NotificationsPosted> posted =
        once(
                request(caller, command.key(), command),
                List.of(post.id()),
                connection -> PostStore.add(connection, post, List.of()))
            .map(NotificationsPosted::new);
    return later == null ? posted.onSuccess(_ -> sending.next()) : posted;
  }

  /** As often as signaling says so, each user is notified of a missed call once. */
  Future<Done> notifyMissedCall(Caller caller, NotifyMissedCall command) {
    NotificationContent content = SystemNotifications.missedCall(command);
    List<EntryId> ids =
        Stream.generate(PostingNotifications::freshId).limit(command.users().size()).toList();
    var request =
        new Request(caller.tenant(), "", "call:" + command.callId(), fingerprint(command.callId()));
    return notifyNow(caller.tenant(), request, ids, command.users(), content).map(Done.DONE);
  }

  /** Cancels what is to be sent later. */
  Future<Done> cancel(Caller caller, CancelNotification command) {
    requirePlatform(caller);
    return posts
        .cancel(caller.tenant(), command.id())
        .compose(
            cancelled ->
                cancelled
                    ? Future.succeededFuture(Done.DONE)
                    : posts
                        .isSent(caller.tenant(), command.id())
                        .map(
                            sent -> {
                              throw sent
                                  ? Refusal.of(
                                      ErrorCode.WRONG_STATE, "The notification is sent already")
                                  : Refusal.of(ErrorCode.NOT_FOUND, "Notification not found");
                            }));
  }

  private Future<NotificationsPosted> notifyNow(
      TenantId tenant,
      @Nullable Request request,
      List<EntryId> ids,
      List<UserId> users,
      NotificationContent content) {
    RawJson json = Json.raw(content);
    var news = new ArrayList<New>(users.size());
    for (int i = 0; i < users.size(); i++) {
      news.add(new New(ids.get(i), tenant, users.get(i), json));
    }
    var stored = new AtomicReference<List<Notice>>(List.of());
    return once(request, ids, connection -> inbox.store(connection, news).onSuccess(stored::set))
        .map(
            answered -> {
              if (answered.equals(ids)) {
                inbox.tell(tenant, content.type(), json, requireNonNull(stored.get()));
              }
              return new NotificationsPosted(answered);
            });
  }

  private Future<NotificationsPosted> plan(
      TenantId tenant,
      @Nullable Request request,
      List<EntryId> ids,
      PostNotifications command,
      Instant sendAt) {
    var post = new Post(freshId(), tenant, null, Json.raw(command.content()), sendAt, null);
    var planned = new ArrayList<Planned>(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      planned.add(new Planned(ids.get(i), post.id(), command.users().get(i)));
    }
    return once(request, ids, connection -> PostStore.add(connection, post, planned))
        .map(NotificationsPosted::new);
  }

  /**
   * Stores something by one round trip, unless it was stored before.
   *
   * @param request by which a repeat is known; absent where none is
   * @return the ids that are stored: these, or the first ones
   */
  private Future<List<EntryId>> once(
      @Nullable Request request, List<EntryId> ids, Function<SqlConnection, Future<?>> store) {
    return once(request, ids, store, Conflicts.ATTEMPTS);
  }

  private Future<List<EntryId>> once(
      @Nullable Request request,
      List<EntryId> ids,
      Function<SqlConnection, Future<?>> store,
      int attemptsLeft) {
    Instant now = clock.instant();
    return pool.withConnection(
            connection ->
                RoomLog.atOnce(
                    connection,
                    () -> {
                      Future<?> noted =
                          request == null
                              ? Future.succeededFuture()
                              : repeats.note(connection, request, ids, now);
                      return Future.all(noted, store.apply(connection)).map(ids);
                    }))
        .recover(
            failure -> {
              if (request != null && IdempotencyStore.isRepeat(failure)) {
                return repeats.answered(request).map(found -> found.orElseThrow(this::conflict));
              }
              return attemptsLeft > 1 && Conflicts.is(failure)
                  ? once(request, ids, store, attemptsLeft - 1)
                  : inbox.doubt(now, failure);
            });
  }

  private Refusal conflict() {
    return Refusal.of(
        ErrorCode.CONFLICT, "The Idempotency-Key was used for a request with other content");
  }

  private @Nullable Instant later(@Nullable Instant sendAt) {
    Instant now = clock.instant();
    if (sendAt != null && sendAt.isAfter(now.plus(FURTHEST))) {
      throw Refusal.badRequest("sendAt", "sendAt is more than a year ahead");
    }
    return sendAt != null && sendAt.isAfter(now) ? sendAt : null;
  }

  private static @Nullable Request request(
      Caller caller, @Nullable IdempotencyKey key, Object asked) {
    return key == null
        ? null
        : new Request(
            caller.tenant(),
            caller.user().value(),
            sha256(key.value().getBytes(StandardCharsets.UTF_8)),
            fingerprint(asked));
  }

  /** Requests that ask for the same have the same. */
  private static String fingerprint(Object asked) {
    return sha256(
        asked.getClass().getSimpleName().getBytes(StandardCharsets.UTF_8), Json.write(asked));
  }

  /** Neither a key nor what was asked for is readable where it is kept. */
  private static String sha256(byte[]... parts) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void requirePlatform(Caller caller) {
    if (!caller.isPlatform()) {
      throw Refusal.of(ErrorCode.ACCESS_DENIED, "Access denied");
    }
  }

  /** Ids in the order of time keep their index compact. */
  static EntryId freshId() {
    return new EntryId(UuidCreator.getTimeOrderedEpoch());
  }
}
