package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.carewire.platform.RedisAccess;
import org.carewire.platform.RedisScript;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Json;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/**
 * What sessions were in and whom they watched, by device, for a moment after they end: a Redis hash
 * a device. Without Redis nobody is recognised who returns.
 */
final class DeviceStore {
  private static final RedisScript RETURN = RedisScript.load(DeviceStore.class, "return.lua");
  private static final Duration REMEMBERED = Duration.ofMinutes(2);

  /** What the hash holds for a session. */
  private record Stored(
      long at,
      Collection<RoomId> rooms,
      boolean idle,
      @Nullable Collection<UserId> watched,
      @Nullable Boolean ended) {}

  /**
   * How a device was.
   *
   * @param resumed whether it was here a moment ago at all
   * @param idle whether its user had left it alone
   * @param watched whose changes it was told of
   */
  record Before(boolean resumed, boolean idle, Set<RoomId> rooms, List<UserId> watched) {
    static final Before NOTHING = new Before(false, false, Set.of(), List.of());
  }

  private final RedisAccess redis;
  private final Clock clock;

  DeviceStore(RedisAccess redis, Clock clock) {
    this.redis = redis;
    this.clock = clock;
  }

  /**
   * The caller's device has come by a new session, of which is remembered that it is as the device
   * was; never fails.
   *
   * @param replaced the session that the new one replaces
   * @param maxRooms how many rooms are told at most
   * @param maxWatched and how many users that it watched
   */
  Future<Before> come(Caller caller, @Nullable SocketId replaced, int maxRooms, int maxWatched) {
    return RETURN
        .run(
            redis,
            List.of(key(caller)),
            List.of(
                Long.toString(clock.millis()),
                Long.toString(REMEMBERED.toMillis()),
                socket(caller),
                replaced == null ? "" : replaced.value(),
                Integer.toString(maxRooms),
                Integer.toString(maxWatched)))
        .map(DeviceStore::before)
        .otherwise(Before.NOTHING);
  }

  private static Before before(Response answer) {
    Set<RoomId> rooms = new LinkedHashSet<>();
    answer.get(2).forEach(room -> rooms.add(RoomId.parse(room.toString())));
    List<UserId> watched = new ArrayList<>();
    answer.get(3).forEach(user -> watched.add(new UserId(user.toString())));
    return new Before(
        answer.get(0).toInteger() == 1, answer.get(1).toInteger() == 1, rooms, watched);
  }

  /**
   * Remembers for a while how a session is, for its device to come back to; to be said again before
   * that is over.
   */
  Future<?> keep(Session session) {
    Caller caller = session.caller();
    return caller == null || caller.device() == null || !session.isOpen()
        ? Future.succeededFuture()
        : store(session, caller, null);
  }

  /** The session has ended, and may come back. */
  Future<?> ended(Session session, Caller caller) {
    return store(session, caller, true);
  }

  /** The session has ended for good. */
  Future<?> forget(Caller caller) {
    return redis.send(Command.HDEL, key(caller), socket(caller)).otherwiseEmpty();
  }

  private Future<?> store(Session session, Caller caller, @Nullable Boolean ended) {
    String key = key(caller);
    Set<UserId> watched = session.presence().watched();
    String stored =
        json(
            new Stored(
                clock.millis(),
                session.rooms().remembered(),
                session.presence().isIdle(),
                watched.isEmpty() ? null : watched,
                ended));
    return Future.join(
            redis.send(Command.HSET, key, socket(caller), stored),
            redis.send(Command.PEXPIRE, key, Long.toString(REMEMBERED.toMillis())))
        .otherwiseEmpty();
  }

  private static String json(Stored session) {
    return new String(Json.write(session), StandardCharsets.UTF_8);
  }

  private static String socket(Caller caller) {
    return String.valueOf(caller.socket());
  }

  private static String key(Caller caller) {
    return "carewire:device:{"
        + caller.tenant()
        + "/"
        + caller.user()
        + "/"
        + caller.device()
        + "}";
  }
}
