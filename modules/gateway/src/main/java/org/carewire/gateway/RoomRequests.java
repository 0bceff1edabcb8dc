package org.carewire.gateway;

import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.carewire.platform.Bus;
import org.carewire.platform.Platform;
import org.carewire.platform.Route;
import org.carewire.platform.Routes;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ChatEndpoints;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.JoinRoom;
import org.carewire.protocol.LeaveRoom;
import org.carewire.protocol.Limits;
import org.carewire.protocol.LoseSession;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.RoomJoined;
import org.carewire.protocol.RoomLeft;
import org.carewire.protocol.SignalTyping;
import org.carewire.protocol.StayInRoom;

/** How sessions come into rooms, type there, and are out again. */
final class RoomRequests {
  private final Bus bus;
  private final Limits limits;
  private final Sessions sessions;
  private final DeviceStore devices;
  private final Routes routes;
  private final Clock clock;

  RoomRequests(Platform platform, Sessions sessions, DeviceStore devices) {
    this.bus = platform.bus();
    this.limits = platform.limits();
    this.sessions = sessions;
    this.devices = devices;
    this.routes = platform.routes();
    this.clock = platform.clock();
  }

  /** Brings a session into a room that its device was in a moment ago, where it still may be. */
  Future<RoomJoined> rejoin(Session session, Caller caller, RoomId room) {
    return bringIn(session, caller, new JoinRoom(room, room.kind().type()));
  }

  Future<RoomJoined> join(Session session, Caller caller, JoinRoom join) {
    RoomId room = join.room();
    if (!session.rooms().isIn(room) && session.rooms().size() >= limits.joinedRooms()) {
      throw Refusal.badRequest(
          "roomId", "A session can be in " + limits.joinedRooms() + " rooms, leave one first");
    }
    return bringIn(session, caller, join).onSuccess(_ -> devices.keep(session));
  }

  private Future<RoomJoined> bringIn(Session session, Caller caller, JoinRoom join) {
    RoomId room = join.room();
    SessionRooms.Joining attempt = session.rooms().joining(room);
    // So that whoever comes into the room from then on, on whichever node, is told of here.
    Route route = Route.to(caller.tenant(), room);
    return routes
        .arrived(route)
        .compose(_ -> bus.request(ChatEndpoints.JOIN_ROOM, caller, join))
        .onComplete(_ -> session.rooms().endJoining(attempt))
        .onFailure(failure -> settleLater(session, room, failure))
        .map(joined -> enter(session, caller, attempt.outcome(), joined))
        .onComplete(_ -> routes.left(route));
  }

  private static void settleLater(Session session, RoomId room, Throwable failure) {
    boolean isUnsettled =
        failure instanceof Refusal refusal && refusal.code() == ErrorCode.UNAVAILABLE;
    if (!isUnsettled) {
      session.rooms().returnsNoMoreTo(room);
    } else if (!session.rooms().isIn(room)) {
      session.rooms().unsettled(room);
    }
  }

  private RoomJoined enter(
      Session session, Caller caller, SessionRooms.Outcome outcome, RoomJoined joined) {
    RoomId room = joined.roomId();
    if (!session.isOpen()) {
      bus.request(ChatEndpoints.LOSE_SESSION, caller, new LoseSession(room, true));
      return joined;
    }
    switch (outcome) {
      case ENTERS -> sessions.joined(session, caller, room);
      // The join may have been slower than the leave.
      case HAS_LEFT -> {
        if (!session.rooms().isAbout(room)) {
          bus.request(ChatEndpoints.LEAVE_ROOM, caller, new LeaveRoom(room));
        }
      }
      case HAS_NO_ACCESS -> {
        bus.request(ChatEndpoints.LEAVE_ROOM, caller, new LeaveRoom(room));
        throw Refusal.of(ErrorCode.ACCESS_DENIED, "Access denied to this room");
      }
    }
    return joined;
  }

  /** Only a session that is in a room is let out of it: others would be announced as leaving. */
  Future<?> leave(Session session, Caller caller, LeaveRoom leave) {
    RoomId room = leave.room();
    if (!session.rooms().isAbout(room)) {
      return Future.succeededFuture(new RoomLeft(room, clock.instant()));
    }
    sessions.left(session, caller, room, SessionRooms.Outcome.HAS_LEFT);
    devices.keep(session);
    Following following = session.following();
    if (caller.isAdmin() && following != null) {
      // Who is no member gets what comes while in the room.
      following.forget(room);
    }
    return bus.request(ChatEndpoints.LEAVE_ROOM, caller, leave);
  }

  Future<?> typing(Session session, Caller caller, SignalTyping typing) {
    RoomId room = typing.room();
    return bus.request(ChatEndpoints.SIGNAL_TYPING, caller, typing)
        .onSuccess(
            _ -> {
              if (!session.isOpen()) {
                bus.request(ChatEndpoints.LOSE_SESSION, caller, new LoseSession(room, false));
              } else if (typing.typing()) {
                session.rooms().startTyping(room);
              } else {
                session.rooms().stopTyping(room);
              }
            });
  }

  /** Takes a session out of a room that its user has lost access to. */
  void evict(Session session, Caller caller, RoomId room) {
    boolean mayBeIn = session.rooms().mayBeIn(room);
    sessions.left(session, caller, room, SessionRooms.Outcome.HAS_NO_ACCESS);
    devices.keep(session);
    if (mayBeIn) {
      bus.request(ChatEndpoints.LEAVE_ROOM, caller, new LeaveRoom(room));
    }
  }

  /** Tells again what Redis may have forgotten; each fails where that cannot be done now. */
  List<Future<?>> tellAgain(Session session, Caller caller) {
    var told = new ArrayList<Future<?>>();
    told.add(devices.keep(session));
    for (RoomId room : session.rooms().joined()) {
      told.add(bus.request(ChatEndpoints.STAY_IN_ROOM, caller, new StayInRoom(room)));
    }
    return told;
  }

  /** Tells the services where something of an ended session may be left. */
  Future<?> ended(Session session, Caller caller) {
    return Future.join(forgetOrRemember(session, caller), leaveAll(session, caller));
  }

  private Future<?> forgetOrRemember(Session session, Caller caller) {
    if (caller.device() == null) {
      return Future.succeededFuture();
    }
    CloseCode closedWith = session.closedWith();
    return closedWith == CloseCode.REPLACED || closedWith == CloseCode.REVOKED
        ? devices.forget(caller)
        : devices.ended(session, caller);
  }

  private Future<?> leaveAll(Session session, Caller caller) {
    return Future.join(
        session.rooms().all().stream()
            .map(
                room ->
                    bus.request(
                        ChatEndpoints.LOSE_SESSION,
                        caller,
                        new LoseSession(room, session.rooms().mayBeIn(room))))
            .toList());
  }
}
