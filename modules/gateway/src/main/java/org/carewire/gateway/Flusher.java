package org.carewire.gateway;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/**
 * Flushes each connection of one event loop once a turn, however many frames it was sent meanwhile:
 * a flush is a system call.
 */
final class Flusher {
  private final Vertx vertx;
  private List<WebSocketConnection> written = new ArrayList<>();

  Flusher(Vertx vertx) {
    this.vertx = vertx;
  }

  /** The connection was sent something, for the first time since it was flushed. */
  void flushLater(WebSocketConnection connection) {
    if (written.isEmpty()) {
      vertx.runOnContext(_ -> flush());
    }
    written.add(connection);
  }

  private void flush() {
    List<WebSocketConnection> all = written;
    written = new ArrayList<>();
    all.forEach(WebSocketConnection::flush);
  }
}
