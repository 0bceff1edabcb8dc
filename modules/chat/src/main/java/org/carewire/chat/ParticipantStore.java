package org.carewire.chat;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.carewire.platform.NodeId;
import org.carewire.platform.NodeLease;
import org.carewire.platform.RedisAccess;
import org.carewire.platform.RedisScript;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Json;
import org.carewire.protocol.Participant;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** The sessions in each room, across the cluster: a Redis hash a room. */
final class ParticipantStore {
  private static final RedisScript JOIN = RedisScript.load(ParticipantStore.class, "join.lua");
  private static final RedisScript LOSE = RedisScript.load(ParticipantStore.class, "lose.lua");

  /** What the hash holds for a session; {@code lost} while it may still come back. */
  private record Stored(
      UserId userId,
      Role userRole,
      Instant joinedAt,
      String node,
      String returningAs,
      @Nullable Boolean lost) {

    Participant participant(String socketId) {
      return new Participant(new SocketId(socketId), userId, userRole, joinedAt);
    }
  }

  private record Field(String socketId, Stored stored) {}

  private final RedisAccess redis;
  private final NodeLease lease;
  private final NodeId node;

  ParticipantStore(RedisAccess redis, NodeLease lease, NodeId node) {
    this.redis = redis;
    this.lease = lease;
    this.node = node;
  }

  /**
   * Adds a session.
   *
   * @return whether the others are to be told: not where it was in already, or came back
   */
  Future<Boolean> join(Caller caller, RoomId room, Participant participant) {
    Stored stored =
        new Stored(
            participant.userId(),
            participant.userRole(),
            participant.joinedAt(),
            node.value(),
            caller.returningAs(),
            null);
    return JOIN.run(
            redis,
            List.of(key(caller.tenant(), room)),
            List.of(
                participant.socketId().value(),
                new String(Json.write(stored), StandardCharsets.UTF_8)))
        .map(ParticipantStore::isOne);
  }

  /** Removes a session; answers whether it was there. */
  Future<Boolean> remove(TenantId tenant, RoomId room, SocketId socket) {
    return redis.send(Command.HDEL, key(tenant, room), socket.value()).map(ParticipantStore::isOne);
  }

  /** Lists a session no more but remembers that it was there; answers whether it was. */
  Future<Boolean> lose(TenantId tenant, RoomId room, SocketId socket) {
    return LOSE.run(redis, List.of(key(tenant, room)), List.of(socket.value()))
        .map(ParticipantStore::isOne);
  }

  /** The sessions in a room in the order of joining; what dead nodes left behind is removed. */
  Future<List<Participant>> list(TenantId tenant, RoomId room) {
    String key = key(tenant, room);
    return redis
        .send(Command.HGETALL, key)
        .map(ParticipantStore::fields)
        .compose(
            fields ->
                lease
                    .alive(nodes(fields))
                    .map(
                        alive -> {
                          removeGhosts(key, fields, alive);
                          return participants(fields, alive);
                        }));
  }

  private static List<Field> fields(Response response) {
    var fields = new ArrayList<Field>();
    for (String socketId : response.getKeys()) {
      byte[] json = response.get(socketId).toBytes();
      fields.add(new Field(socketId, Json.read(json, Stored.class)));
    }
    return fields;
  }

  private static Set<String> nodes(List<Field> fields) {
    return fields.stream().map(field -> field.stored().node()).collect(Collectors.toSet());
  }

  private static List<Participant> participants(List<Field> fields, Set<String> alive) {
    return fields.stream()
        .filter(field -> alive.contains(field.stored().node()))
        .filter(field -> field.stored().lost() == null)
        .map(field -> field.stored().participant(field.socketId()))
        .sorted(
            Comparator.comparing(Participant::joinedAt)
                .thenComparing(participant -> participant.socketId().value()))
        .toList();
  }

  private void removeGhosts(String key, List<Field> fields, Set<String> alive) {
    List<String> ghosts =
        fields.stream()
            .filter(field -> !alive.contains(field.stored().node()))
            .map(Field::socketId)
            .toList();
    if (!ghosts.isEmpty()) {
      redis.send(
          Command.HDEL, Stream.concat(Stream.of(key), ghosts.stream()).toArray(String[]::new));
    }
  }

  private static boolean isOne(Response response) {
    return response.toInteger() == 1;
  }

  private static String key(TenantId tenant, RoomId room) {
    return "carewire:participants:{" + tenant + "/" + room + "}";
  }
}
