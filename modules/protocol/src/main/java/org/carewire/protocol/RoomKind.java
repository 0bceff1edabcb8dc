package org.carewire.protocol;

/** What a room is for; the first word of its id. */
public enum RoomKind {
  CHAT("chat", RoomType.CHAT, true),
  VISIT("visit", RoomType.CHAT, true),
  GROUP("group", RoomType.CHAT, true),
  CALL("call", RoomType.VIDEO_CALL, false),
  NOTIFICATIONS("notifications", RoomType.NOTIFICATION, false),
  TOPIC("topic", RoomType.NOTIFICATION, false);

  private final String prefix;
  private final RoomType type;
  private final boolean holdsMessages;

  RoomKind(String prefix, RoomType type, boolean holdsMessages) {
    this.prefix = prefix;
    this.type = type;
    this.holdsMessages = holdsMessages;
  }

  public String prefix() {
    return prefix;
  }

  public RoomType type() {
    return type;
  }

  public boolean holdsMessages() {
    return holdsMessages;
  }
}
