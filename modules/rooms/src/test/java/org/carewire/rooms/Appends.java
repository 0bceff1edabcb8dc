package org.carewire.rooms;

import java.util.UUID;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ClientMessageId;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** What people in these tests append. */
final class Appends {
  private Appends() {}

  static Caller patient(String user) {
    return caller(user, Role.PATIENT);
  }

  static Caller caller(String user, Role role) {
    return new Caller(TenantId.DEFAULT, new UserId(user), role, null, null);
  }

  static Append by(String user, RoomId room, String text) {
    return append(patient(user), room, null, text);
  }

  static Append named(String user, RoomId room, String name, String text) {
    return append(patient(user), room, new ClientMessageId(name), text);
  }

  static Append append(Caller caller, RoomId room, @Nullable ClientMessageId name, String text) {
    return json(caller, room, name, "{\"message\":\"" + text + "\"}");
  }

  static Append json(Caller caller, RoomId room, @Nullable ClientMessageId name, String json) {
    return new Append(
        caller,
        room,
        new EntryId(UUID.randomUUID()),
        EntryKind.MESSAGE,
        name,
        RawJson.of(json),
        false);
  }
}
