package org.carewire.gateway;

import io.netty.channel.Channel;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** Sessions over WebSockets. */
final class WebSockets {
  private final Vertx vertx;
  private final FrontDoor door;
  private final boolean behindProxy;
  private final Flusher flusher;

  /**
   * What is spoken over the sockets of one path.
   *
   * @param connection of a socket
   * @param dialect of a new session
   * @param frames of a message; throws a {@link Refusal} where it holds none
   * @param maxBytes of a message
   */
  record Speech(
      Function<WebSocketConnection, Connection> connection,
      Supplier<Dialect> dialect,
      Function<byte[], List<byte[]>> frames,
      int maxBytes) {

    /** Each message is a frame. */
    static Speech plain(Supplier<Dialect> dialect, int maxBytes) {
      return new Speech(socket -> socket, dialect, List::of, maxBytes);
    }
  }

  /**
   * The sockets of one gateway instance.
   *
   * @param behindProxy whether a proxy tells where clients come from
   */
  WebSockets(Vertx vertx, FrontDoor door, boolean behindProxy) {
    this.vertx = vertx;
    this.door = door;
    this.behindProxy = behindProxy;
    this.flusher = new Flusher(vertx);
  }

  /** Turns a request into a session, or refuses it. */
  void upgrade(RoutingContext context, Speech speech) {
    if (!"websocket".equalsIgnoreCase(context.request().getHeader("Upgrade"))) {
      Problems.send(context, Refusal.badRequest("This path speaks WebSocket only"));
      return;
    }
    if (door.isDraining()) {
      // A balancer then tries another node.
      Problems.send(context, Refusal.unavailable("This node is stopping, connect again"));
      return;
    }
    ClientAddress address = ClientAddress.of(context.request(), behindProxy);
    String bearerToken = HttpApi.bearerToken(context);
    Channel channel = Channels.of(context.request());
    context
        .request()
        .toWebSocket()
        .onSuccess(
            socket -> {
              RequestDeadline.release(channel);
              Channels.releaseIdleTimeout(channel);
              socket.setWriteQueueMaxSize(door.limits().queuedBytes());
              accept(
                  socket,
                  new WebSocketConnection(vertx, flusher, socket, channel, address),
                  channel,
                  speech,
                  bearerToken);
            })
        .onFailure(failure -> refuse(context));
  }

  /** Most of what is no handshake Vert.x has answered itself. */
  private static void refuse(RoutingContext context) {
    if (!context.response().ended()) {
      Problems.send(context, Refusal.badRequest("This is no WebSocket handshake"));
    }
  }

  private void accept(
      ServerWebSocket socket,
      WebSocketConnection connection,
      Channel channel,
      Speech speech,
      @Nullable String bearerToken) {
    Session session =
        door.open(speech.connection().apply(connection), speech.dialect().get(), bearerToken);
    if (session == null) {
      return;
    }
    FrameErrors.guard(session, connection, channel);
    var assembler = new FrameAssembler(speech.maxBytes());
    socket.frameHandler(
        frame -> {
          door.seen(session);
          if (session.isOpen() && !connection.isClosing()) {
            receive(session, speech, assembler, frame);
          }
        });
    socket.exceptionHandler(_ -> connection.drop());
    socket.closeHandler(_ -> door.ended(session, socket.closeStatusCode()));
  }

  private void receive(
      Session session, Speech speech, FrameAssembler assembler, WebSocketFrame frame) {
    // Pongs, too, are answers that a peer may ask for without ever reading.
    if (session.closeIfCongested()) {
      return;
    }
    switch (assembler.add(frame)) {
      case FrameAssembler.Result.Pending _ -> {}
      case FrameAssembler.Result.TooLarge _ -> session.close(CloseCode.TOO_LARGE);
      case FrameAssembler.Result.NotText _ -> session.close(CloseCode.MALFORMED);
      case FrameAssembler.Result.Message(Buffer message) ->
          receive(session, speech, message.getBytes());
    }
  }

  private void receive(Session session, Speech speech, byte[] message) {
    List<byte[]> frames;
    try {
      frames = speech.frames().apply(message);
    } catch (Refusal refusal) {
      session.close(CloseCode.MALFORMED);
      return;
    }
    frames.forEach(frame -> door.receive(session, frame));
  }
}
