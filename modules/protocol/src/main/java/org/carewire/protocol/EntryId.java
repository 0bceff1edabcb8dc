package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The id of an entry, unique everywhere; a UUID on the wire. */
public record EntryId(@JsonValue UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
