package org.carewire.gateway;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carewire.platform.Route;
import org.carewire.platform.Routes;
import org.carewire.protocol.Caller;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** The sessions of one gateway instance, found by id, user and joined room. */
final class Sessions {
  private record RoomKey(TenantId tenant, RoomId room) {}

  private final Routes routes;
  private final Map<SocketId, Session> byId = new HashMap<>();
  private final Map<UserKey, Set<Session>> byUser = new HashMap<>();
  private final Map<RoomKey, Set<Session>> byRoom = new HashMap<>();

  Sessions(Routes routes) {
    this.routes = routes;
  }

  void add(Session session) {
    byId.put(session.id(), session);
  }

  /**
   * The session has said hello.
   *
   * @return done when all that is for it comes here; never fails
   */
  Future<Void> authenticated(Session session, Caller caller) {
    byUser
        .computeIfAbsent(UserKey.of(caller), _ -> new HashSet<>(2))
        .add(session);
    return routes.arrived(Route.to(caller.tenant(), caller.user()));
  }

  void joined(Session session, Caller caller, RoomId room) {
    if (!session.rooms().isIn(room)) {
      routes.arrived(Route.to(caller.tenant(), room));
    }
    session.rooms().joined(room);
    byRoom.computeIfAbsent(new RoomKey(caller.tenant(), room), _ -> new HashSet<>(2)).add(session);
  }

  void left(Session session, Caller caller, RoomId room, SessionRooms.Outcome ofJoining) {
    if (session.rooms().isIn(room)) {
      routes.left(Route.to(caller.tenant(), room));
    }
    session.rooms().remove(room, ofJoining);
    drop(byRoom, new RoomKey(caller.tenant(), room), session);
  }

  void remove(Session session) {
    byId.remove(session.id());
    Caller caller = session.caller();
    if (caller != null) {
      drop(byUser, UserKey.of(caller), session);
      routes.left(Route.to(caller.tenant(), caller.user()));
      for (RoomId room : session.rooms().joined()) {
        drop(byRoom, new RoomKey(caller.tenant(), room), session);
        routes.left(Route.to(caller.tenant(), room));
      }
    }
  }

  private static <K> void drop(Map<K, Set<Session>> index, K key, Session session) {
    index.computeIfPresent(
        key,
        (_, sessions) -> {
          sessions.remove(session);
          return sessions.isEmpty() ? null : sessions;
        });
  }

  @Nullable Session find(SocketId id) {
    return byId.get(id);
  }

  Collection<Session> ofUser(TenantId tenant, UserId user) {
    return byUser.getOrDefault(new UserKey(tenant, user), Set.of());
  }

  Collection<Session> inRoom(TenantId tenant, RoomId room) {
    return byRoom.getOrDefault(new RoomKey(tenant, room), Set.of());
  }

  /** A copy, so that sessions may end while it is gone through. */
  List<Session> all() {
    return List.copyOf(byId.values());
  }

  boolean isEmpty() {
    return byId.isEmpty();
  }
}
