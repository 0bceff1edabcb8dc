package org.carewire.rooms;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.carewire.platform.AuditEvent;
import org.carewire.platform.AuditStore;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.RoomKind;
import org.carewire.protocol.TenantId;

/**
 * Who may be in which room, from the room's id and the server's own data alone. Whether a room
 * exists is told to admins only.
 */
public final class Access {
  /** How long a check may be believed where nothing is stored by it. */
  private static final Duration CACHED = Duration.ofSeconds(1);

  private static final int MAX_CACHED = 50_000;

  private record Check(Caller caller, RoomId room, String denial) {}

  private final Pool pool;
  private final Clock clock;
  private final Cache<Check, Future<RoomAccess>> cache =
      Caffeine.newBuilder().expireAfterWrite(CACHED).maximumSize(MAX_CACHED).build();

  public Access(Pool pool, Clock clock) {
    this.pool = pool;
    this.clock = clock;
  }

  /**
   * Lets a caller into a room; an admin's entry is recorded before it is granted.
   *
   * @param denial the text for those who may not
   */
  public Future<RoomAccess> enter(Caller caller, RoomId room, String denial) {
    return check(caller, room, denial)
        .compose(
            access ->
                access.byAdmin()
                    ? AuditStore.write(pool, List.of(entered(caller, room))).map(access)
                    : Future.succeededFuture(access));
  }

  /** As {@link #enter}, for what is only looked at: not recorded, and up to a second old. */
  public Future<RoomAccess> glance(Caller caller, RoomId room, String denial) {
    Check check = new Check(caller, room, denial);
    Future<RoomAccess> cached = cache.getIfPresent(check);
    if (cached == null || cached.failed()) {
      cached = check(caller, room, denial);
      cache.put(check, cached);
    }
    return cached;
  }

  /** Those of the given chats whose two users may not, or no longer, talk. */
  public Future<List<RoomId>> silenced(TenantId tenant, List<RoomId> chats) {
    return AccessStore.silenced(pool, tenant, chats);
  }

  private AuditEvent entered(Caller caller, RoomId room) {
    return new AuditEvent(
        clock.instant(),
        AuditEvent.Action.ADMIN_ENTERED_ROOM,
        caller.tenant(),
        caller.user(),
        room.value(),
        null);
  }

  private Future<RoomAccess> check(Caller caller, RoomId room, String denial) {
    return AccessStore.find(pool, caller, room)
        .map(
            found ->
                switch (room.kind()) {
                  case TOPIC -> new RoomAccess(found.roomKey(), found.top(), false);
                  case NOTIFICATIONS -> ofOwner(caller, room, found, denial);
                  case CHAT -> inChat(caller, room, found, denial);
                  case VISIT, GROUP, CALL -> ofMember(caller, room, found, denial);
                });
  }

  private static RoomAccess ofOwner(
      Caller caller, RoomId room, AccessStore.Found found, String denial) {
    return room.names().contains(caller.user().value())
        ? new RoomAccess(found.roomKey(), found.top(), false)
        : byOffice(caller, found.roomKey(), found.top(), found.userKnown(), denial);
  }

  private static RoomAccess inChat(
      Caller caller, RoomId room, AccessStore.Found found, String denial) {
    boolean own = room.otherUser(caller.user()).isPresent();
    return own && (caller.role().isCareStaff() || found.mayChat())
        ? new RoomAccess(found.roomKey(), found.top(), false)
        : byOffice(
            caller, found.roomKey(), found.top(), found.roomKey() != 0 || found.mayChat(), denial);
  }

  private static RoomAccess ofMember(
      Caller caller, RoomId room, AccessStore.Found found, String denial) {
    long top = room.kind() == RoomKind.CALL ? 0 : found.top();
    return found.member()
        ? new RoomAccess(found.roomKey(), top, false)
        : byOffice(caller, found.roomKey(), top, found.roomKey() != 0, denial);
  }

  /** Admins may enter any room, and the platform's services may read any over HTTP. */
  private static RoomAccess byOffice(
      Caller caller, long roomKey, long top, boolean exists, String denial) {
    boolean service = caller.role() == Role.SERVICE && caller.socket() == null;
    if (!caller.isAdmin() && !service) {
      throw Refusal.of(ErrorCode.ACCESS_DENIED, denial);
    }
    if (!exists) {
      throw Refusal.of(ErrorCode.NOT_FOUND, "There is no such room");
    }
    return new RoomAccess(roomKey, top, !service);
  }
}
