package org.carewire.loadtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Where one node listens. */
record Ports(int http, int management, int cluster, int bus) {
  static final String HOST = "127.0.0.1";

  private static final int OF_EACH = 4;

  /** For so many nodes. */
  static List<Ports> free(int nodes) throws IOException {
    var sockets = new ArrayList<ServerSocket>();
    try {
      // All at once, so that none is given twice.
      for (int i = 0; i < OF_EACH * nodes; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.ofLiteral(HOST)));
      }
      List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
      return IntStream.range(0, nodes)
          .map(i -> OF_EACH * i)
          .mapToObj(
              i -> new Ports(ports.get(i), ports.get(i + 1), ports.get(i + 2), ports.get(i + 3)))
          .toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
