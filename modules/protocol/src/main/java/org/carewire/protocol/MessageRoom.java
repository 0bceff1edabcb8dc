package org.carewire.protocol;

import java.util.List;
import java.util.Objects;

/** How requests name the room that messages are in: by room, recipient or visit. */
final class MessageRoom {
  private MessageRoom() {}

  /**
   * The room that the given fields name; where several are there they must name the same one.
   *
   * @param names some of {@code roomId}, {@code recipientId}, {@code visitId}
   */
  static RoomId named(Fields fields, Caller caller, String... names) {
    RoomId found = null;
    for (String name : names) {
      RoomId room = fields.parsed(name, text -> room(name, text, caller));
      if (room != null) {
        require(room, name);
        if (found != null && !Objects.equals(found, room)) {
          throw Refusal.badRequest(name, name + " names another room than the fields before it");
        }
        found = room;
      }
    }
    if (found == null) {
      throw Refusal.badRequest(names[0], "Either " + either(List.of(names)) + " is required");
    }
    return found;
  }

  static RoomId require(RoomId room, String field) {
    if (!room.kind().holdsMessages()) {
      throw Refusal.badRequest(field, "Only chat, visit and group rooms hold messages");
    }
    return room;
  }

  /** For what is about positions in a log, whatever it holds. */
  static RoomId requireLog(RoomId room, String field) {
    if (!room.kind().hasLog()) {
      throw Refusal.badRequest(field, "Only chat, visit, group and notifications rooms have a log");
    }
    return room;
  }

  private static RoomId room(String field, String text, Caller caller) {
    return switch (field) {
      case "recipientId" -> RoomId.chat(caller.user(), new UserId(text));
      case "visitId" -> RoomId.visit(new VisitId(text));
      default -> RoomId.parse(text);
    };
  }

  private static String either(List<String> names) {
    String comma = names.size() > 2 ? ", or " : " or ";
    return String.join(", ", names.subList(0, names.size() - 1)) + comma + names.getLast();
  }
}
