package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;

/** A care team, named by the platform. */
public record GroupId(@JsonValue String value) {
  public GroupId {
    IdSyntax.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
