package org.carewire.server;

/**
 * What a user says, however often it is sent.
 *
 * @param text of no other message
 */
record ModelMessage(String user, String room, String clientMessageId, String text) {
  /** Another message that has the same id. */
  ModelMessage contradicted() {
    return new ModelMessage(user, room, clientMessageId, "not " + text);
  }

  String digest() {
    return digest(text);
  }

  /** Tells texts apart without keeping them. */
  static String digest(String text) {
    return text.length()
        + "/"
        + text.hashCode()
        + "/"
        + text.substring(0, Math.min(12, text.length()));
  }

  @Override
  public String toString() {
    return room + " " + clientMessageId;
  }
}
