package org.carewire.testkit;

import java.net.URI;
import java.util.Map;

/** One of the server's front doors. */
public interface TestTransport {
  /**
   * Connects and says nothing yet.
   *
   * @param server the server's HTTP address
   * @throws ConnectionRefused where the server answers with anything but a connection
   */
  TestClient open(URI server, Map<String, String> headers);

  default TestClient open(URI server) {
    return open(server, Map.of());
  }
}
