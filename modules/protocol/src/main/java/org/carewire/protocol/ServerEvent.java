package org.carewire.protocol;

/** Every event the server sends, with its name on the wire. */
public enum ServerEvent {
  CONNECTED("connected"),
  ERROR("error"),
  SESSION_EXPIRED("session:expired"),
  SERVER_SHUTDOWN("server:shutdown"),
  ROOM_USER_JOINED("room:userJoined"),
  ROOM_USER_LEFT("room:userLeft"),
  MESSAGE_NEW("message:new"),
  MESSAGE_SENT("message:sent"),
  TYPING_START("typing:start"),
  TYPING_STOP("typing:stop");

  private final String wireName;

  ServerEvent(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }
}
