package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The id of an entry, unique everywhere; a UUID on the wire. */
public record EntryId(@JsonValue UUID value) {
  /**
   * Reads an id.
   *
   * @throws Refusal {@code BAD_REQUEST} where it is not a UUID as it is usually written
   */
  public static EntryId parse(String text) {
    try {
      var value = UUID.fromString(text);
      // That reads shorter texts too.
      if (value.toString().equalsIgnoreCase(text)) {
        return new EntryId(value);
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw Refusal.badRequest("The id of a message or notification is a UUID");
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
