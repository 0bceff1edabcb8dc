package org.carewire.chat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Json;
import org.carewire.protocol.Participant;
import org.carewire.protocol.ParticipantChange;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.TenantId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is in a room, and telling the others. Without Redis sessions still join and leave, and what
 * is listed may be wrong.
 */
final class Participants {
  private static final Logger log = LoggerFactory.getLogger(Participants.class);

  /** How long the others are not told that a session was lost, as it may come back. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final ParticipantStore store;
  private final Deliveries deliveries;
  private final Clock clock;

  Participants(Vertx vertx, ParticipantStore store, Deliveries deliveries, Clock clock) {
    this.vertx = vertx;
    this.store = store;
    this.deliveries = deliveries;
    this.clock = clock;
  }

  /** Adds a session and answers who is in the room, this one included. */
  Future<List<Participant>> join(Caller caller, RoomId room, Participant joining) {
    return store
        .join(caller, room, joining)
        .otherwise(failure -> logDegraded("room.join", failure))
        .compose(
            isNews -> {
              if (isNews) {
                tell(ServerEvent.ROOM_USER_JOINED, caller.tenant(), room, joining);
              }
              return store.list(caller.tenant(), room);
            })
        .otherwise(
            failure -> {
              logDegraded("room.list", failure);
              return List.of(joining);
            });
  }

  /** A session is in the room already: nobody is told. */
  Future<?> stay(Caller caller, RoomId room, Participant staying) {
    return store.join(caller, room, staying);
  }

  Future<List<Participant>> list(TenantId tenant, RoomId room) {
    return store.list(tenant, room);
  }

  /** Takes a session out and tells the others at once. */
  Future<?> leave(Caller caller, RoomId room, SocketId socket) {
    return store
        .remove(caller.tenant(), room, socket)
        .otherwise(failure -> logDegraded("room.leave", failure))
        .onSuccess(
            wasIn -> {
              if (wasIn) {
                tellLeft(caller, room, socket);
              }
            });
  }

  /** Takes a session out and tells the others where it has not come back in time. */
  Future<?> lose(Caller caller, RoomId room, SocketId socket) {
    return store
        .lose(caller.tenant(), room, socket)
        .otherwise(failure -> logDegraded("room.lose", failure))
        .onSuccess(
            wasIn -> {
              if (wasIn) {
                vertx.setTimer(GRACE.toMillis(), _ -> leave(caller, room, socket));
              }
            });
  }

  private void tellLeft(Caller caller, RoomId room, SocketId socket) {
    Instant now = clock.instant();
    tell(
        ServerEvent.ROOM_USER_LEFT,
        caller.tenant(),
        room,
        new Participant(socket, caller.user(), caller.role(), now));
  }

  private void tell(ServerEvent event, TenantId tenant, RoomId room, Participant participant) {
    var change =
        new ParticipantChange(
            room,
            participant.userId(),
            participant.userRole(),
            participant.socketId(),
            clock.instant());
    deliveries.send(
        new Delivery.ToParticipants(tenant, room, event, Json.raw(change), participant.socketId()));
  }

  /** Without Redis the others are told rather than not. */
  private static boolean logDegraded(String operation, Throwable failure) {
    log.atWarn()
        .addKeyValue("operation", operation)
        .addKeyValue("cause", failure.getClass().getSimpleName())
        .log("participants.unavailable");
    return true;
  }
}
