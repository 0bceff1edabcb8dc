package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionOwnerTest {
  private static final long INIT = 1;

  @Test
  void isTheProcessThatHasOpenedIt() throws IOException {
    assumeTrue(ConnectionOwner.canBeFound(), "The tables of Linux are needed");
    long self = ProcessHandle.current().pid();
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var _ = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
        Socket accepted = server.accept()) {
      assertThat(ConnectionOwner.find(accepted, List.of(INIT, self))).hasValue(self);
      assertThat(ConnectionOwner.find(accepted, List.of(INIT))).isEmpty();
    }
  }
}
