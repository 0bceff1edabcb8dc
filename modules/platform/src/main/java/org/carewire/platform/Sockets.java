package org.carewire.platform;

import io.vertx.core.net.NetClientOptions;

/** How connections to other systems notice that the other side is gone without a word. */
final class Sockets {
  private static final int CONNECT_TIMEOUT_MS = 2_000;
  private static final int UNACKNOWLEDGED_MS = 10_000;

  private Sockets() {}

  static NetClientOptions failingFast() {
    return new NetClientOptions()
        .setConnectTimeout(CONNECT_TIMEOUT_MS)
        .setTcpKeepAlive(true)
        .setTcpUserTimeout(UNACKNOWLEDGED_MS);
  }
}
