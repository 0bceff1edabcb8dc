package org.carewire.server;

import java.io.Serial;

/** The server cannot start; the message is for the operator and says what to do. */
final class StartFailure extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  StartFailure(String message) {
    super(message);
  }

  StartFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
