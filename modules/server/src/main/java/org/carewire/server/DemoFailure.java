package org.carewire.server;

import java.io.Serial;

/** The demo mode cannot start; the message is for the user and says what to do. */
final class DemoFailure extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  DemoFailure(String message) {
    super(message);
  }

  DemoFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
