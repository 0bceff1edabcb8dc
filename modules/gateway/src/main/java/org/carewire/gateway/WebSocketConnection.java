package org.carewire.gateway;

import io.netty.channel.Channel;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrameType;
import io.vertx.core.http.impl.ws.WebSocketFrameImpl;
import org.carewire.protocol.CloseCode;

/** A WebSocket, as a session's connection. */
final class WebSocketConnection implements Connection {
  /** How long a peer may take to read the reason of a close. */
  private static final long CLOSE_MS = 2_000;

  private static final Buffer NOTHING = Buffer.buffer();

  private final Vertx vertx;
  private final ServerWebSocket socket;
  private final Channel channel;
  private final ClientAddress address;
  private boolean closing;

  /**
   * A connection over a socket.
   *
   * @param channel the Netty channel of the socket, below what Vert.x offers
   */
  WebSocketConnection(Vertx vertx, ServerWebSocket socket, Channel channel, ClientAddress address) {
    this.vertx = vertx;
    this.socket = socket;
    this.channel = channel;
    this.address = address;
  }

  @Override
  public ClientAddress address() {
    return address;
  }

  @Override
  public String transport() {
    return "websocket";
  }

  @Override
  public void send(Frame frame) {
    sendText(frame.utf8());
  }

  /** Sends a text; the array is not copied, so that many sessions can share it. */
  void sendText(byte[] utf8) {
    if (!closing) {
      socket.writeFrame(new WebSocketFrameImpl(WebSocketFrameType.TEXT, utf8, true));
    }
  }

  @Override
  public boolean isCongested() {
    return !closing && !socket.isClosed() && socket.writeQueueFull();
  }

  @Override
  public void ping() {
    if (!closing) {
      socket.writePing(NOTHING);
    }
  }

  boolean isClosing() {
    return closing;
  }

  @Override
  public void close(CloseCode code) {
    close(code.value());
  }

  void close(int code) {
    if (!closing) {
      closing = true;
      // A peer that does not read never takes the close frame: it is not waited for long.
      long timer = vertx.setTimer(CLOSE_MS, _ -> drop());
      socket.close((short) code).onComplete(_ -> vertx.cancelTimer(timer));
    }
  }

  @Override
  public void drop() {
    closing = true;
    Channels.drop(channel);
  }
}
