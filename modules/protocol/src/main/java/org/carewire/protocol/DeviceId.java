package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;

/** One installation of a client, chosen by the client and kept across reconnects. */
public record DeviceId(@JsonValue String value) {
  public DeviceId {
    IdSyntax.require(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
