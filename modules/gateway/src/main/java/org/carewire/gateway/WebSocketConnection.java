package org.carewire.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.VoidChannelPromise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import org.carewire.protocol.CloseCode;

/** A WebSocket, as a session's connection. */
final class WebSocketConnection implements Connection {
  /** How long a peer may take to read the reason of a close. */
  private static final long CLOSE_MS = 2_000;

  private static final Buffer NOTHING = Buffer.buffer();

  private final Vertx vertx;
  private final Flusher flusher;
  private final ServerWebSocket socket;
  private final Channel channel;
  private final ClientAddress address;
  private final ChannelPromise unwatched;
  private boolean written;
  private boolean closing;

  /**
   * A connection over a socket.
   *
   * @param channel the Netty channel of the socket, below what Vert.x offers
   */
  WebSocketConnection(
      Vertx vertx,
      Flusher flusher,
      ServerWebSocket socket,
      Channel channel,
      ClientAddress address) {
    this.vertx = vertx;
    this.flusher = flusher;
    this.unwatched = new VoidChannelPromise(channel, false);
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
    send(frame.webSocket());
  }

  /** Sends a text. */
  void sendText(byte[] utf8) {
    send(WebSocketFrames.text(utf8));
  }

  /**
   * Sends a frame of RFC 6455. Vert.x would encode it anew for each connection, and flush it alone.
   *
   * @param webSocketFrame is not copied, so that many sessions can share it
   */
  void send(byte[] webSocketFrame) {
    if (closing) {
      return;
    }
    var _ = channel.write(Unpooled.wrappedBuffer(webSocketFrame), unwatched);
    if (!written) {
      written = true;
      flusher.flushLater(this);
    }
  }

  /** Hands what was sent to the system. */
  void flush() {
    written = false;
    channel.flush();
  }

  @Override
  public int queuedBytes() {
    ChannelOutboundBuffer queue = closing ? null : channel.unsafe().outboundBuffer();
    return queue == null ? 0 : (int) Math.min(Integer.MAX_VALUE, queue.totalPendingWriteBytes());
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
