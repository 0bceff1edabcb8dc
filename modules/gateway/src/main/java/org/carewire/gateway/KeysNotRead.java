package org.carewire.gateway;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Why the keys of tokens could not be read. It says nothing of what was there instead. */
final class KeysNotRead extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** What went wrong, in words that go on from "a JWKS which …". */
  enum Reason {
    UNREACHABLE("unreachable", "cannot be read"),
    TIMEOUT("timeout", "cannot be read in time"),
    BAD_STATUS("badStatus", "is not answered with 200"),
    TOO_LARGE("tooLarge", "has more than " + JwksSource.MAX_BYTES + " bytes"),
    NOT_JWKS("notJwks", "is no JWKS"),
    NO_USABLE_KEY(
        "noUsableKey",
        "has no key that can be used: a public one for signatures, RSA of 2,048 bits or more or EC"
            + " on P-256, of an algorithm in tokens.algorithms");

    private final String label;
    private final String text;

    Reason(String label, String text) {
      this.label = label;
      this.text = text;
    }

    /** As in logs and metrics. */
    String label() {
      return label;
    }
  }

  private final Reason reason;

  KeysNotRead(Reason reason, @Nullable Throwable cause) {
    super(reason.text, cause);
    this.reason = reason;
  }

  KeysNotRead(Reason reason) {
    this(reason, null);
  }

  Reason reason() {
    return reason;
  }
}
