package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;

/** One health organisation; nothing ever crosses a tenant. */
public record TenantId(@JsonValue String value) {
  /** The tenant of a token that names none. */
  public static final TenantId DEFAULT = new TenantId("default");

  public TenantId {
    IdSyntax.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
