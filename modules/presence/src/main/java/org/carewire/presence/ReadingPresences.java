package org.carewire.presence;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.GetPresence;
import org.carewire.protocol.Presence;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PresenceStates;
import org.carewire.protocol.ReadPresences;
import org.carewire.protocol.RefreshPresences;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** {@code presence:get}, what gateways need for those who watch, and the same over HTTP. */
final class ReadingPresences {
  private final Sight sight;
  private final PresenceStore store;
  private final Pool pool;

  ReadingPresences(Sight sight, PresenceStore store, Pool pool) {
    this.sight = sight;
    this.store = store;
    this.pool = pool;
  }

  Future<PresenceStates> read(Caller caller, ReadPresences command) {
    Future<List<UserId>> seen =
        command.whole()
            ? sight.require(caller, command.users()).map(_ -> command.users())
            : sight.of(caller, command.users());
    return seen.compose(users -> read(caller.tenant(), users)).map(PresenceStates::new);
  }

  Future<Presence> get(Caller caller, GetPresence command) {
    if (!caller.isPlatform()) {
      throw Refusal.of(ErrorCode.ACCESS_DENIED, "Access denied");
    }
    return sight
        .of(caller, List.of(command.user()))
        .compose(known -> read(caller.tenant(), known))
        .map(
            states -> {
              if (states.isEmpty()) {
                throw Refusal.of(ErrorCode.NOT_FOUND, "There is no such user");
              }
              return Presence.of(states.getFirst());
            });
  }

  Future<PresenceStates> refresh(Caller caller, RefreshPresences command) {
    return store.read(named(command.tenant(), command.users())).map(PresenceStates::new);
  }

  private Future<List<PresenceState>> read(TenantId tenant, List<UserId> users) {
    return store.read(named(tenant, users)).compose(states -> withLastSeen(tenant, states));
  }

  private static List<User> named(TenantId tenant, List<UserId> users) {
    return users.stream().map(user -> new User(tenant, user)).toList();
  }

  /** PostgreSQL knows it of those whom Redis knows no more. */
  private Future<List<PresenceState>> withLastSeen(TenantId tenant, List<PresenceState> states) {
    List<UserId> notSeen =
        states.stream()
            .filter(state -> state.lastSeen() == null)
            .map(PresenceState::userId)
            .toList();
    return LastSeenStore.find(pool, tenant, notSeen)
        .map(found -> states.stream().map(state -> seen(state, found)).toList());
  }

  private static PresenceState seen(PresenceState state, Map<UserId, Instant> found) {
    Instant at = found.get(state.userId());
    return at == null
        ? state
        : new PresenceState(
            state.tenant(), state.userId(), state.status(), at, state.customStatus(), state.at());
  }
}
