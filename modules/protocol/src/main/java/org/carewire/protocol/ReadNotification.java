package org.carewire.protocol;

/** {@code notification:read}. */
public record ReadNotification(EntryId id) implements Command.OfUser {

  static ReadNotification decode(Fields fields, Caller caller) {
    return new ReadNotification(fields.requiredParsed("notificationId", EntryId::parse));
  }
}
