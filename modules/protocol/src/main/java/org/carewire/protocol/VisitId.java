package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;

/** A visit, named by the platform. */
public record VisitId(@JsonValue String value) {
  public VisitId {
    IdSyntax.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
