package org.carewire.chat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SignalTyping;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.TypingChange;
import org.carewire.protocol.UserId;
import org.carewire.rooms.Access;
import org.jspecify.annotations.Nullable;

/** Who is typing where; it stops by itself, and with the session. */
final class Typing {
  private static final String DENIAL = "Access denied to this conversation";
  private static final Duration STOPS_AFTER = Duration.ofSeconds(6);

  private record Typist(@Nullable SocketId socket, RoomId room) {}

  private final Vertx vertx;
  private final Access access;
  private final Deliveries deliveries;
  private final Clock clock;

  /** The timer that stops each. */
  private final Map<Typist, Long> timers = new HashMap<>();

  Typing(Vertx vertx, Access access, Deliveries deliveries, Clock clock) {
    this.vertx = vertx;
    this.access = access;
    this.deliveries = deliveries;
    this.clock = clock;
  }

  Future<Done> signal(Caller caller, SignalTyping command) {
    return access
        .glance(caller, command.room(), DENIAL)
        .map(
            _ -> {
              if (command.typing()) {
                start(caller, command.room());
              } else {
                end(caller, command.room());
              }
              return Done.DONE;
            });
  }

  private void start(Caller caller, RoomId room) {
    Long before =
        timers.put(
            new Typist(caller.socket(), room),
            vertx.setTimer(STOPS_AFTER.toMillis(), _ -> end(caller, room)));
    if (before != null) {
      vertx.cancelTimer(before);
    }
    tell(ServerEvent.TYPING_START, caller, room);
  }

  /** Does nothing where the session is not typing in the room. */
  void end(Caller caller, RoomId room) {
    Long timer = timers.remove(new Typist(caller.socket(), room));
    if (timer != null) {
      vertx.cancelTimer(timer);
      tell(ServerEvent.TYPING_STOP, caller, room);
    }
  }

  private void tell(ServerEvent event, Caller caller, RoomId room) {
    RawJson data = Json.raw(new TypingChange(room, caller.user(), caller.role(), clock.instant()));
    Optional<UserId> otherUser = room.otherUser(caller.user());
    deliveries.send(
        otherUser.isPresent()
            ? new Delivery.ToUsers(caller.tenant(), List.of(otherUser.get()), event, data)
            : new Delivery.ToParticipants(caller.tenant(), room, event, data, caller.socket()));
  }
}
