package org.carewire.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that a process may leave and find free again: the system gives none of them to connections
 * meanwhile.
 */
final class LastingPorts {
  private static final int LOWEST = 12_000;

  /** Where Linux takes those of connections from, unless told otherwise. */
  private static final int END = 32_000;

  private LastingPorts() {}

  static int next() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, END);
      try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (IOException _) {
        // Somebody has it.
      }
    }
  }
}
