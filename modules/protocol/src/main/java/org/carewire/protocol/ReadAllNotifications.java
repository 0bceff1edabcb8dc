package org.carewire.protocol;

/** {@code notification:readAll}: all that there are. */
public record ReadAllNotifications() implements Command.OfUser {

  static ReadAllNotifications decode(Fields fields, Caller caller) {
    return new ReadAllNotifications();
  }
}
