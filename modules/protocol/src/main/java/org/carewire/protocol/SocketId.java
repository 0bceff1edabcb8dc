package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;

/** One live connection, chosen by the server. */
public record SocketId(@JsonValue String value) {
  public SocketId {
    IdSyntax.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
