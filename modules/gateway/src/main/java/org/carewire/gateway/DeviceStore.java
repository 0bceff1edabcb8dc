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
import org.jspecify.annotations.Nullable;

/**
 * What sessions were in, by device, for a moment after they end: a Redis hash a device. Without
 * Redis nobody is recognised who returns.
 */
final class DeviceStore {
  private static final RedisScript RETURN = RedisScript.load(DeviceStore.class, "return.lua");
  private static final Duration REMEMBERED = Duration.ofMinutes(2);

  /** What the hash holds for a session. */
  private record Stored(long at, Collection<RoomId> rooms, @Nullable Boolean ended) {}

  /**
   * What a device was in.
   *
   * @param resumed whether it was here a moment ago at all
   */
  record Before(boolean resumed, Set<RoomId> rooms) {
    static final Before NOTHING = new Before(false, Set.of());
  }

  private final RedisAccess redis;
  private final Clock clock;

  DeviceStore(RedisAccess redis, Clock clock) {
    this.redis = redis;
    this.clock = clock;
  }

  /**
   * The caller's device has come by a new session, of which is remembered that it is in what the
   * device was in; never fails.
   *
   * @param replaced the session that the new one replaces
   * @param maxRooms how many rooms are told at most
   */
  Future<Before> come(Caller caller, @Nullable SocketId replaced, int maxRooms) {
    return RETURN
        .run(
            redis,
            List.of(key(caller)),
            List.of(
                Long.toString(clock.millis()),
                Long.toString(REMEMBERED.toMillis()),
                socket(caller),
                replaced == null ? "" : replaced.value(),
                Integer.toString(maxRooms)))
        .map(DeviceStore::before)
        .otherwise(Before.NOTHING);
  }

  private static Before before(Response answer) {
    Set<RoomId> rooms = new LinkedHashSet<>();
    for (int i = 1; i < answer.size(); i++) {
      rooms.add(RoomId.parse(answer.get(i).toString()));
    }
    return new Before(answer.get(0).toInteger() == 1, rooms);
  }

  /** Remembers what the session is in for a while; to be said again before that is over. */
  Future<?> keep(Caller caller, Collection<RoomId> rooms) {
    return store(caller, rooms, null);
  }

  /** The session has ended, and may come back. */
  Future<?> ended(Caller caller, Collection<RoomId> rooms) {
    return store(caller, rooms, true);
  }

  /** The session has ended for good. */
  Future<?> forget(Caller caller) {
    return redis.send(Command.HDEL, key(caller), socket(caller)).otherwiseEmpty();
  }

  private Future<?> store(Caller caller, Collection<RoomId> rooms, @Nullable Boolean ended) {
    String key = key(caller);
    String session = json(new Stored(clock.millis(), new ArrayList<>(rooms), ended));
    return Future.join(
            redis.send(Command.HSET, key, socket(caller), session),
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
