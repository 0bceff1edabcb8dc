package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Limits;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SocketId;
import org.jspecify.annotations.Nullable;

/** Brings a device that returns back into the rooms that it had joined, and to whom it watched. */
final class Returning {

  /**
   * How a session goes on from an earlier one.
   *
   * @param resumed whether its device was here a moment ago
   * @param rooms that it is in again
   */
  record Resumed(boolean resumed, List<RoomId> rooms) {
    static final Resumed NOTHING = new Resumed(false, List.of());
  }

  /** How long a hello waits for that; what takes longer comes later. */
  private static final long JOIN_MS = 1_000;

  private final Vertx vertx;
  private final DeviceStore devices;
  private final RoomRequests rooms;
  private final PresenceRequests presence;
  private final Limits limits;

  Returning(
      Vertx vertx,
      DeviceStore devices,
      RoomRequests rooms,
      PresenceRequests presence,
      Limits limits) {
    this.vertx = vertx;
    this.devices = devices;
    this.rooms = rooms;
    this.presence = presence;
    this.limits = limits;
  }

  /**
   * A session has come; never fails. It is not in rooms that it has no access to any more, or that
   * could not be joined now.
   *
   * @param replaced the session that it replaces
   */
  Future<Resumed> come(Session session, Caller caller, @Nullable SocketId replaced) {
    return caller.device() == null
        ? Future.succeededFuture(Resumed.NOTHING)
        : devices
            .come(caller, replaced, limits.joinedRooms(), limits.presenceSubscriptions())
            .compose(before -> join(session, caller, before));
  }

  private Future<Resumed> join(Session session, Caller caller, DeviceStore.Before before) {
    session.rooms().returnsTo(before.rooms());
    if (session.isOpen()) {
      presence.comesBack(session, caller, before);
    }
    var joins = before.rooms().stream().map(room -> rooms.rejoin(session, caller, room)).toList();
    return doneOrLate(Future.join(joins))
        .map(
            _ ->
                new Resumed(
                    before.resumed(),
                    joins.stream()
                        .filter(Future::succeeded)
                        .map(joined -> joined.result().roomId())
                        .toList()));
  }

  /** Not by Future.timeout, which would leave the event loop. */
  private Future<Void> doneOrLate(Future<?> all) {
    Promise<Void> done = Promise.promise();
    long timer = vertx.setTimer(JOIN_MS, _ -> done.tryComplete());
    all.onComplete(
        _ -> {
          vertx.cancelTimer(timer);
          done.tryComplete();
        });
    return done.future();
  }
}
