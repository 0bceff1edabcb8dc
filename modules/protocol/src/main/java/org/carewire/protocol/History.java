package org.carewire.protocol;

import java.util.List;

/**
 * Reply to {@code message:history}.
 *
 * @param messages oldest first
 * @param hasMore whether there are further ones in the direction that was asked for
 * @param top the highest offset in the room
 * @param epoch names the history that offsets belong to
 */
public record History(
    List<RawJson> messages, boolean hasMore, List<Receipt> receipts, long top, String epoch) {

  /**
   * How far a member has come.
   *
   * @param delivered the highest offset any of its devices acknowledged
   * @param read the highest offset it has read
   */
  public record Receipt(UserId userId, long delivered, long read) {}
}
