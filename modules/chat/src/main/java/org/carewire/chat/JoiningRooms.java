package org.carewire.chat;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.JoinRoom;
import org.carewire.protocol.LeaveRoom;
import org.carewire.protocol.ListParticipants;
import org.carewire.protocol.LoseSession;
import org.carewire.protocol.Participant;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RoomJoined;
import org.carewire.protocol.RoomLeft;
import org.carewire.protocol.RoomParticipants;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.StayInRoom;
import org.carewire.rooms.Access;
import org.carewire.rooms.RoomAccess;

/** {@code room:join}, {@code room:leave}, {@code room:participants}, and sessions that end. */
final class JoiningRooms {
  private static final String DENIAL = "Access denied to this room";

  private final Access access;
  private final Participants participants;
  private final Typing typing;
  private final Clock clock;

  JoiningRooms(Access access, Participants participants, Typing typing, Clock clock) {
    this.access = access;
    this.participants = participants;
    this.typing = typing;
    this.clock = clock;
  }

  Future<RoomJoined> join(Caller caller, JoinRoom command) {
    SocketId socket = socket(caller);
    return access
        .enter(caller, command.room(), DENIAL)
        .compose(granted -> join(caller, command, socket, granted));
  }

  private Future<RoomJoined> join(
      Caller caller, JoinRoom command, SocketId socket, RoomAccess granted) {
    Instant now = now();
    var joining = new Participant(socket, caller.user(), caller.role(), now);
    return participants
        .join(caller, command.room(), joining)
        .map(all -> new RoomJoined(command.room(), command.roomType(), all, now, granted.top()));
  }

  /** The session has joined before, and was let in. */
  Future<Done> stay(Caller caller, StayInRoom command) {
    var staying = new Participant(socket(caller), caller.user(), caller.role(), now());
    return participants.stay(caller, command.room(), staying).map(_ -> Done.DONE);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Leaving needs no access: whoever has lost it may still leave. */
  Future<RoomLeft> leave(Caller caller, LeaveRoom command) {
    return participants
        .leave(caller, command.room(), socket(caller))
        .map(_ -> new RoomLeft(command.room(), clock.instant()));
  }

  Future<RoomParticipants> list(Caller caller, ListParticipants command) {
    return access
        .glance(caller, command.room(), DENIAL)
        .compose(_ -> participants.list(caller.tenant(), command.room()))
        .map(all -> new RoomParticipants(command.room(), all));
  }

  Future<Done> lose(Caller caller, LoseSession command) {
    SocketId socket = socket(caller);
    typing.end(caller, command.room());
    return command.joined()
        ? participants.lose(caller, command.room(), socket).map(_ -> Done.DONE)
        : Future.succeededFuture(Done.DONE);
  }

  private static SocketId socket(Caller caller) {
    SocketId socket = caller.socket();
    if (socket == null) {
      throw Refusal.badRequest("Only a session can be in a room");
    }
    return socket;
  }
}
