package org.carewire.protocol;

/**
 * {@code typing:start} and {@code typing:stop}.
 *
 * @param typing whether it starts
 */
public record SignalTyping(RoomId room, boolean typing) implements Command.InRoom {

  static SignalTyping start(Fields fields, Caller caller) {
    return new SignalTyping(MessageRoom.named(fields, caller, "roomId", "recipientId"), true);
  }

  static SignalTyping stop(Fields fields, Caller caller) {
    return new SignalTyping(MessageRoom.named(fields, caller, "roomId", "recipientId"), false);
  }
}
