package org.carewire.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code message:received} and {@code message:read}: what a user has, or has read. That counts for
 * everything before it too.
 *
 * @param messages the entries by their ids; empty where {@code room} and {@code offset} say it
 * @param room that all of {@code messages} are in; any where it is absent
 * @param offset up to which, where no messages are named
 */
public record MarkMessages(
    ReceiptKind kind, List<EntryId> messages, @Nullable RoomId room, long offset)
    implements Command.OfUser {

  static MarkMessages received(Fields fields, Caller caller) {
    EntryId message = fields.parsed("messageId", EntryId::parse);
    return decode(
        fields, ReceiptKind.DELIVERED, "messageId", message == null ? List.of() : List.of(message));
  }

  static MarkMessages read(Fields fields, Caller caller) {
    List<EntryId> messages = fields.parsedList("messageIds", EntryId::parse);
    if (messages.isEmpty() && fields.has("messageIds")) {
      throw Refusal.badRequest("messageIds", "messageIds must not be empty");
    }
    return decode(fields, ReceiptKind.READ, "messageIds", messages);
  }

  /** Where messages are named, an offset is only checked: many clients send both. */
  private static MarkMessages decode(
      Fields fields, ReceiptKind kind, String named, List<EntryId> messages) {
    RoomId room =
        fields.parsed("roomId", text -> MessageRoom.requireLog(RoomId.parse(text), "roomId"));
    Long offset = fields.offset("offset");
    if (!messages.isEmpty()) {
      return new MarkMessages(kind, messages, room, 0);
    }
    if (room != null && offset != null) {
      return new MarkMessages(kind, messages, room, offset);
    }
    String missing = room != null ? "offset" : offset != null ? "roomId" : named;
    throw Refusal.badRequest(missing, "Either " + named + ", or roomId and offset are required");
  }
}
