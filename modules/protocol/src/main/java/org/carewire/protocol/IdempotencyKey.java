package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonValue;

/** By which a request that is sent again is known, as in the header {@code Idempotency-Key}. */
public record IdempotencyKey(@JsonValue String value) {
  private static final int MAX_LENGTH = 200;

  /** Refuses what no header could have, and what is too long to be kept. */
  public IdempotencyKey {
    boolean isVisible = value.chars().allMatch(c -> c > ' ' && c <= '~');
    if (value.isEmpty() || value.length() > MAX_LENGTH || !isVisible) {
      throw Refusal.badRequest(
          "An Idempotency-Key has 1 to " + MAX_LENGTH + " visible ASCII characters");
    }
  }

  @Override
  public String toString() {
    return "IdempotencyKey[" + value.length() + " characters]";
  }
}
