package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;

/** A sender's own name for a message, so that a repeat in the same room is stored once. */
public record ClientMessageId(@JsonValue String value) {
  public ClientMessageId {
    IdSyntax.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
