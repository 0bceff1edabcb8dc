package org.carewire.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A request with a body of two bytes, sent bit by bit. */
final class HalfSent implements AutoCloseable {
  private static final int DEADLINE_MS = 10_000;

  private final Socket socket = new Socket();

  HalfSent(URI server, String path) throws IOException {
    socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(DEADLINE_MS);
    send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n");
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** As in {@code HTTP/1.1 204 No Content}. */
  int status() throws IOException {
    String start = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
    return Integer.parseInt(start.substring(9));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
