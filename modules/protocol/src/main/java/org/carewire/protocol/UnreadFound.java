package org.carewire.protocol;

import java.util.List;

/** Reply to {@link FindUnread}, in no order. */
public record UnreadFound(List<OfTenant> tenants) {

  /** Those of one tenant. */
  public record OfTenant(TenantId tenant, List<UserUnread> users) {}
}
