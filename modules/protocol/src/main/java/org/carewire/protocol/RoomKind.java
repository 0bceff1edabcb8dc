package org.carewire.protocol;

/** What a room is for; the first word of its id. */
public enum RoomKind {
  CHAT("chat", RoomType.CHAT, Log.MESSAGES),
  VISIT("visit", RoomType.CHAT, Log.MESSAGES),
  GROUP("group", RoomType.CHAT, Log.MESSAGES),
  CALL("call", RoomType.VIDEO_CALL, Log.NONE),
  NOTIFICATIONS("notifications", RoomType.NOTIFICATION, Log.NOTIFICATIONS),
  TOPIC("topic", RoomType.NOTIFICATION, Log.NONE);

  /** What entries there are. */
  private enum Log {
    NONE,
    MESSAGES,
    NOTIFICATIONS
  }

  private final String prefix;
  private final RoomType type;
  private final Log log;

  RoomKind(String prefix, RoomType type, Log log) {
    this.prefix = prefix;
    this.type = type;
    this.log = log;
  }

  public String prefix() {
    return prefix;
  }

  public RoomType type() {
    return type;
  }

  public boolean holdsMessages() {
    return log == Log.MESSAGES;
  }

  /** Whether it has a log at all, in which users have positions. */
  public boolean hasLog() {
    return log != Log.NONE;
  }
}
