package org.carewire.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Clock;
import org.carewire.platform.Bus;
import org.carewire.platform.Faults;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ChatEndpoints;
import org.carewire.protocol.Command;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.EventCatalog;
import org.carewire.protocol.EventCatalog.ClientEvent;
import org.carewire.protocol.Fields;
import org.carewire.protocol.JoinRoom;
import org.carewire.protocol.LeaveRoom;
import org.carewire.protocol.Limits;
import org.carewire.protocol.LoseSession;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.RoomJoined;
import org.carewire.protocol.RoomLeft;
import org.carewire.protocol.SignalTyping;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what a session sends to who serves it, the same for every transport. */
final class CommandRouter {
  private static final Logger log = LoggerFactory.getLogger(CommandRouter.class);

  private final Bus bus;
  private final Limits limits;
  private final Sessions sessions;
  private final Greeting greeting;
  private final Clock clock;
  private final MeterRegistry metrics;

  CommandRouter(Platform platform, Sessions sessions, Greeting greeting) {
    this.bus = platform.bus();
    this.limits = platform.limits();
    this.sessions = sessions;
    this.greeting = greeting;
    this.clock = platform.clock();
    this.metrics = platform.metrics();
  }

  /**
   * Handles one request.
   *
   * @param data absent where the client sent none
   * @return the reply, refusals too; it never fails
   */
  Future<RawJson> handle(Session session, String event, @Nullable JsonNode data) {
    return Future.succeededFuture()
        .compose(_ -> route(session, event, data))
        .map(Replies::success)
        .otherwise(failure -> Replies.failure(refused(event, failure)));
  }

  private Future<?> route(Session session, String event, @Nullable JsonNode data) {
    session.rates().countRequest();
    if (event.equals(EventCatalog.SESSION_HELLO)) {
      return greeting.hello(session, Fields.of(data, limits));
    }
    Caller caller = session.caller();
    if (caller == null) {
      throw Refusal.of(ErrorCode.UNAUTHENTICATED, "Say session:hello first");
    }
    if (event.equals(EventCatalog.SESSION_REFRESH)) {
      return greeting.refresh(session, caller, Fields.of(data, limits));
    }
    ClientEvent<?> known = EventCatalog.find(event);
    if (known == null) {
      throw Refusal.of(ErrorCode.UNKNOWN_EVENT, "There is no such event");
    }
    session.rates().count(known.rate());
    Command command = known.decoder().decode(Fields.of(data, limits), caller);
    return switch (command) {
      case JoinRoom join -> join(session, caller, join);
      case LeaveRoom leave -> leave(session, caller, leave);
      case SignalTyping typing -> typing(session, caller, typing);
      default -> bus.request(known.endpoint(), caller, command);
    };
  }

  private Future<?> join(Session session, Caller caller, JoinRoom join) {
    RoomId room = join.room();
    if (!session.rooms().isIn(room) && session.rooms().size() >= limits.joinedRooms()) {
      throw Refusal.badRequest(
          "roomId", "A session can be in " + limits.joinedRooms() + " rooms, leave one first");
    }
    SessionRooms.Joining attempt = session.rooms().joining(room);
    return bus.request(ChatEndpoints.JOIN_ROOM, caller, join)
        .onComplete(_ -> session.rooms().endJoining(attempt))
        .onFailure(failure -> settleLater(session, room, failure))
        .map(joined -> enter(session, caller, attempt.outcome(), joined));
  }

  private static void settleLater(Session session, RoomId room, Throwable failure) {
    if (failure instanceof Refusal refusal
        && refusal.code() == ErrorCode.UNAVAILABLE
        && !session.rooms().isIn(room)) {
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
  private Future<?> leave(Session session, Caller caller, LeaveRoom leave) {
    RoomId room = leave.room();
    if (!session.rooms().isAbout(room)) {
      return Future.succeededFuture(new RoomLeft(room, clock.instant()));
    }
    sessions.left(session, caller, room, SessionRooms.Outcome.HAS_LEFT);
    return bus.request(ChatEndpoints.LEAVE_ROOM, caller, leave);
  }

  private Future<?> typing(Session session, Caller caller, SignalTyping typing) {
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
    if (mayBeIn) {
      bus.request(ChatEndpoints.LEAVE_ROOM, caller, new LeaveRoom(room));
    }
  }

  /** Refuses what is no request that could be handled; counts it as one. */
  Future<RawJson> refuse(Session session, Refusal refusal) {
    return Future.succeededFuture()
        .<RawJson>compose(
            _ -> {
              session.rates().countRequest();
              throw refusal;
            })
        .otherwise(failure -> Replies.failure(refused("other", failure)));
  }

  /** Tells the services where something of an ended session may be left. */
  Future<?> ended(Session session, Caller caller) {
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

  private Refusal refused(String event, Throwable failure) {
    Refusal refusal =
        failure instanceof Refusal known
            ? known
            : Refusal.of(ErrorCode.INTERNAL, "Something went wrong on the server");
    String name = EventCatalog.find(event) == null ? "other" : event;
    if (refusal != failure) {
      log.atError()
          .addKeyValue("event", name)
          .setCause(Faults.withoutTexts(failure))
          .log("request.failed");
    }
    metrics.counter("carewire.refusals", "event", name, "code", refusal.code().name()).increment();
    return refusal;
  }
}
