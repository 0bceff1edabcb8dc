package org.carewire.testkit;

/** The server answered the attempt to connect with an HTTP status. */
public final class ConnectionRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  ConnectionRefused(int status) {
    super("Refused with " + status);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
