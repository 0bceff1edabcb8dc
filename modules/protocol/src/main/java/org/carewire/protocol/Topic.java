package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;

/** What users subscribe to, to be notified of what is posted there; one in each tenant. */
public record Topic(@JsonValue String value) {
  public Topic {
    IdSyntax.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
