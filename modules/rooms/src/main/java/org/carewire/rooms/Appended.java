package org.carewire.rooms;

import java.util.List;
import org.carewire.protocol.ReceiptMoved;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** What became of an {@link Append}. */
public sealed interface Appended {

  /**
   * It is stored.
   *
   * @param members of the room, as of the same transaction
   * @param receipt how far that has moved the sender's receipt; absent where the sender is no
   *     member
   */
  record Stored(Entry entry, List<UserId> members, @Nullable ReceiptMoved receipt)
      implements Appended {}

  /** The sender had stored it before, with the same content. */
  record Repeated(Entry entry) implements Appended {}

  /** The sender had stored another content under the same name. */
  record Conflicting() implements Appended {}

  /** The sender has no access, or there is no such room. */
  record Denied() implements Appended {}

  /** There is no such room, and the sender may know that. */
  record NoRoom() implements Appended {}
}
