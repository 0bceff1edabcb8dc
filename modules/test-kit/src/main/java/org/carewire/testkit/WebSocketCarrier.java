package org.carewire.testkit;

import java.net.URI;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/** A WebSocket that carries SockJS's frames, or the messages as they are. */
final class WebSocketCarrier implements SockJsCarrier {
  private final RawWebSocket socket;
  private final UnaryOperator<String> framing;
  private final Pings pings;

  private WebSocketCarrier(RawWebSocket socket, UnaryOperator<String> framing, Pings pings) {
    this.socket = socket;
    this.framing = framing;
    this.pings = pings;
  }

  /** In the frames of SockJS; each ping is two, SockJS's counts. */
  static WebSocketCarrier framed(URI server, Map<String, String> headers, Listener listener) {
    var frames = new SockJsFrames(listener);
    Consumer<String> receive =
        frame -> {
          OptionalInt closed = frames.read(frame);
          closed.ifPresent(listener::ended);
        };
    RawWebSocket socket =
        connect(server, SockJsCarrier.path("websocket"), headers, receive, listener::ended);
    return new WebSocketCarrier(socket, message -> Json.write(Json.array(message)), frames.pings());
  }

  /** Each message is a frame. */
  static WebSocketCarrier raw(URI server, Map<String, String> headers, Listener listener) {
    RawWebSocket socket =
        connect(server, "/eventbus/websocket", headers, listener::received, listener::ended);
    return new WebSocketCarrier(socket, UnaryOperator.identity(), socket.pings());
  }

  private static RawWebSocket connect(
      URI server,
      String path,
      Map<String, String> headers,
      Consumer<String> onText,
      IntConsumer onEnd) {
    return new RawWebSocket(
        URI.create("ws://" + server.getAuthority() + path), headers, onText, onEnd);
  }

  @Override
  public void start() {
    socket.start();
  }

  @Override
  public void send(String message) {
    socket.sendText(framing.apply(message));
  }

  @Override
  public void sendBinary(byte[] frame) {
    socket.send(RawWebSocket.BINARY, true, frame);
  }

  @Override
  public Pings pings() {
    return pings;
  }

  @Override
  public void fallSilent() {
    socket.answerPings(false);
  }

  @Override
  public void pauseReading() {
    socket.pauseReading();
  }

  @Override
  public void resumeReading() {
    socket.resumeReading();
  }

  @Override
  public void drop() {
    socket.drop();
  }

  @Override
  public void close() {
    socket.close();
  }
}
