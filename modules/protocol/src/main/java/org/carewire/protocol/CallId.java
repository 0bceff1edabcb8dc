package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** A call, named by the server; nobody guesses it. */
public record CallId(@JsonValue String value) {
  public CallId {
    IdSyntax.require(value);
  }

  static CallId fresh() {
    return new CallId(UUID.randomUUID().toString());
  }

  @Override
  public String toString() {
    return value;
  }
}
