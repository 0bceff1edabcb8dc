package org.carewire.platform;

import java.util.UUID;

/** One process of the server; a new one at each start. */
public record NodeId(String value) {
  public static NodeId fresh() {
    return new NodeId(UUID.randomUUID().toString());
  }

  @Override
  public String toString() {
    return value;
  }
}
