package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;

/** A person or a service, unique in its tenant. */
public record UserId(@JsonValue String value) {
  public UserId {
    IdSyntax.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
