package org.carewire.protocol;

/** Why the server closes a connection: WebSocket close codes. */
public enum CloseCode {
  TOO_LARGE(1009),
  RESTARTING(1012),
  MALFORMED(4400),
  NOT_AUTHENTICATED(4401),
  REVOKED(4403),
  NO_HELLO(4408),
  REPLACED(4409),
  TOO_SLOW(4413),
  TOO_MANY(4429);

  private final int value;

  CloseCode(int value) {
    this.value = value;
  }

  public int value() {
    return value;
  }
}
