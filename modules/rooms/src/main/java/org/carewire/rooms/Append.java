package org.carewire.rooms;

import org.carewire.protocol.Caller;
import org.carewire.protocol.ClientMessageId;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.RoomKind;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/**
 * An entry that a user wants in a room's log.
 *
 * @param id of the entry, if it is not a repeat
 * @param byServer whether the server makes it in the user's name: then it needs no right of the
 *     user, who may have lost it meanwhile, and the user has read nothing by it
 */
public record Append(
    Caller caller,
    RoomId room,
    EntryId id,
    EntryKind kind,
    @Nullable ClientMessageId clientMessageId,
    RawJson content,
    boolean byServer) {

  /** Two appends of one name must not be in one batch: the second is a repeat of the first. */
  record Name(String tenant, RoomId room, String user, ClientMessageId id) {}

  /** As it is stored; absent where the entry has none. */
  @Nullable UserId sender() {
    return kind.hasSender() ? caller.user() : null;
  }

  @Nullable Name name() {
    return clientMessageId == null
        ? null
        : new Name(caller.tenant().value(), room, caller.user().value(), clientMessageId);
  }

  /** Whether this may bring a chat into being, if its two users may talk. */
  boolean mayCreateRoom() {
    return isOwnChat() || (room.kind() == RoomKind.CHAT && (caller.isAdmin() || byServer));
  }

  /** Whether the sender is one of the two who may talk because of who the sender is. */
  boolean isByStaff() {
    return byServer || (isOwnChat() && caller.role().isCareStaff());
  }

  private boolean isOwnChat() {
    return room.otherUser(caller.user()).isPresent();
  }
}
