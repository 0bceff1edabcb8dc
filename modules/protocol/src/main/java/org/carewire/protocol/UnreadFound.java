package org.carewire.protocol;

import java.util.List;

/** Reply to {@link FindUnread}, in no order. */
public record UnreadFound(List<OfTenant> tenants) {

  /** Those of one tenant. */
  public record OfTenant(TenantId tenant, List<Changed> users) {}

  /**
   * What has changed for a user.
   *
   * @param top the highest offset of the user's notifications
   */
  public record Changed(UserUnread unread, long top) {}
}
