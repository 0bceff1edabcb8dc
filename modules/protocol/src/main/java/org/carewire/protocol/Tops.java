package org.carewire.protocol;

import java.util.List;

/** Reply to {@link FindTops}, in no order. */
public record Tops(List<Top> tops) {

  /**
   * One room.
   *
   * @param top the highest offset of its log
   */
  public record Top(TenantId tenant, RoomId room, long top, List<UserId> members) {}
}
