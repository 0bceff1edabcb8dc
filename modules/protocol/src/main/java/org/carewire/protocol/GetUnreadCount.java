package org.carewire.protocol;

/** {@code notification:getUnreadCount}. */
public record GetUnreadCount() implements Command.OfUser {

  static GetUnreadCount decode(Fields fields, Caller caller) {
    return new GetUnreadCount();
  }
}
