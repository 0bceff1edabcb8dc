package org.carewire.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.Objects;
import org.carewire.platform.Bus;
import org.carewire.platform.Faults;
import org.carewire.platform.Platform;
import org.carewire.protocol.AcceptCall;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ChatEndpoints;
import org.carewire.protocol.Command;
import org.carewire.protocol.EndCall;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.EventCatalog;
import org.carewire.protocol.EventCatalog.ClientEvent;
import org.carewire.protocol.Fields;
import org.carewire.protocol.InitiateCall;
import org.carewire.protocol.JoinCall;
import org.carewire.protocol.JoinRoom;
import org.carewire.protocol.LeaveCall;
import org.carewire.protocol.LeaveRoom;
import org.carewire.protocol.Limits;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.ReadPresences;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.SendMessage;
import org.carewire.protocol.SetIdle;
import org.carewire.protocol.SetStatus;
import org.carewire.protocol.SignalCall;
import org.carewire.protocol.SignalTyping;
import org.carewire.protocol.SubscribeTopics;
import org.carewire.protocol.UnsubscribeTopics;
import org.carewire.protocol.UnwatchUsers;
import org.carewire.protocol.WatchUsers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what a session sends to who serves it, the same for every transport. */
final class CommandRouter {
  private static final Logger log = LoggerFactory.getLogger(CommandRouter.class);

  private final Bus bus;
  private final Limits limits;
  private final Greeting greeting;
  private final RoomRequests rooms;
  private final PresenceRequests presence;
  private final CallRequests calls;
  private final NotificationRequests notifications;
  private final MeterRegistry metrics;

  CommandRouter(
      Platform platform,
      Greeting greeting,
      RoomRequests rooms,
      PresenceRequests presence,
      CallRequests calls,
      NotificationRequests notifications) {
    this.bus = platform.bus();
    this.limits = platform.limits();
    this.greeting = greeting;
    this.rooms = rooms;
    this.presence = presence;
    this.calls = calls;
    this.notifications = notifications;
    this.metrics = platform.metrics();
  }

  /**
   * Handles one request.
   *
   * @param data absent where the client sent none
   * @return the reply, refusals too; it never fails
   */
  Future<RawJson> handle(Session session, String event, @Nullable JsonNode data) {
    session.beginRequest();
    return Future.succeededFuture()
        .compose(_ -> route(session, event, data))
        .onComplete(_ -> session.endRequest())
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
      case JoinRoom join -> rooms.join(session, caller, join);
      case LeaveRoom leave -> rooms.leave(session, caller, leave);
      case SignalTyping typing -> rooms.typing(session, caller, typing);
      case ReadPresences read -> presence.get(caller, read);
      case WatchUsers watch -> presence.watch(session, caller, watch);
      case UnwatchUsers unwatch -> presence.unwatch(session, unwatch);
      case SetStatus status -> presence.setStatus(session, caller, status);
      case SetIdle idle -> presence.setIdle(session, caller, idle);
      case InitiateCall initiate -> calls.initiate(session, caller, initiate);
      case AcceptCall accept -> calls.accept(session, caller, accept);
      case JoinCall join -> calls.join(session, caller, join);
      case LeaveCall leave -> calls.leave(session, caller, leave);
      case EndCall end -> calls.end(session, caller, end);
      case SignalCall signal -> calls.signal(session, caller, signal);
      case SubscribeTopics topics -> notifications.subscribe(session, caller, topics);
      case UnsubscribeTopics topics -> notifications.unsubscribe(session, caller, topics);
      case SendMessage message -> {
        session.beginSending();
        yield bus.request(ChatEndpoints.SEND_MESSAGE, caller, message)
            .onComplete(_ -> session.endSending());
      }
      default -> bus.request(Objects.requireNonNull(known.endpoint()), caller, command);
    };
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
