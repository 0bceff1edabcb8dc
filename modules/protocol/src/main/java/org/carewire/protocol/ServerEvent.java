package org.carewire.protocol;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every event the server sends, with its name on the wire. */
public enum ServerEvent {
  CONNECTED("connected"),
  ERROR("error"),
  SESSION_EXPIRED("session:expired"),
  SESSION_CAUGHT_UP("session:caughtUp"),
  SESSION_RESET("session:reset"),
  SERVER_SHUTDOWN("server:shutdown"),
  ROOM_USER_JOINED("room:userJoined"),
  ROOM_USER_LEFT("room:userLeft"),
  MESSAGE_NEW("message:new"),
  MESSAGE_SENT("message:sent"),
  MESSAGE_DELIVERED("message:delivered"),
  MESSAGE_READ("message:read"),
  TYPING_START("typing:start"),
  TYPING_STOP("typing:stop"),
  PRESENCE_INITIAL("presence:initial"),
  PRESENCE_CHANGED("presence:changed"),
  PRESENCE_STATUS_UPDATED("presence:statusUpdated");

  private static final Map<String, ServerEvent> BY_NAME =
      Stream.of(values()).collect(Collectors.toMap(ServerEvent::wireName, event -> event));

  private final String wireName;

  ServerEvent(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /** The event of that name; null where the server sends none such. */
  public static @Nullable ServerEvent find(String wireName) {
    return BY_NAME.get(wireName);
  }
}
