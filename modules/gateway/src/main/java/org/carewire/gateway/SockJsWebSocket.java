package org.carewire.gateway;

import org.carewire.protocol.CloseCode;

/** A WebSocket that carries SockJS frames. */
final class SockJsWebSocket implements Connection {
  private final WebSocketConnection socket;

  private SockJsWebSocket(WebSocketConnection socket) {
    this.socket = socket;
  }

  /** Opens SockJS over a socket. */
  static SockJsWebSocket over(WebSocketConnection socket) {
    socket.sendText(SockJsFrames.OPEN);
    return new SockJsWebSocket(socket);
  }

  @Override
  public String transport() {
    return "sockjs-websocket";
  }

  @Override
  public ClientAddress address() {
    return socket.address();
  }

  @Override
  public void send(Frame frame) {
    socket.send(frame.sockJsWebSocket());
  }

  @Override
  public int queuedBytes() {
    return socket.queuedBytes();
  }

  /** A frame for the client, and a ping that its browser answers where the client does not. */
  @Override
  public void ping() {
    socket.sendText(SockJsFrames.HEARTBEAT);
    socket.ping();
  }

  @Override
  public void close(CloseCode code) {
    socket.sendText(SockJsFrames.close(code));
    socket.close(code);
  }

  @Override
  public void drop() {
    socket.drop();
  }
}
