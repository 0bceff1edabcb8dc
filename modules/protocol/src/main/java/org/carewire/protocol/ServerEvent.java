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
  PRESENCE_STATUS_UPDATED("presence:statusUpdated"),
  CALL_INCOMING("call:incoming"),
  CALL_RINGING("call:ringing"),
  CALL_ACCEPTED("call:accepted"),
  CALL_ANSWERED_ELSEWHERE("call:answeredElsewhere"),
  CALL_REJECTED("call:rejected"),
  CALL_BUSY("call:busy"),
  CALL_MISSED("call:missed"),
  CALL_PARTICIPANT_JOINED("call:participantJoined"),
  CALL_PARTICIPANT_LEFT("call:participantLeft"),
  CALL_MEDIA("call:media"),
  CALL_SIGNAL("call:signal"),
  CALL_ENDED("call:ended"),
  CALL_QUALITY_ISSUE("call:qualityIssue"),
  CALL_QUALITY_ADVICE("call:qualityAdvice"),
  NOTIFICATION_NEW("notification:new"),
  NOTIFICATION_UNREAD_COUNT("notification:unreadCount"),
  NOTIFICATION_SUBSCRIBED("notification:subscribed"),
  NOTIFICATION_UNSUBSCRIBED("notification:unsubscribed");

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
