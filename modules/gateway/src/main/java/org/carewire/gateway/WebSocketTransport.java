package org.carewire.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.netty.channel.Channel;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.Limits;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** {@code /ws}: sessions over plain WebSockets. */
final class WebSocketTransport {
  private final Vertx vertx;
  private final Limits limits;
  private final SharedLimits shared;
  private final SessionLife life;
  private final CommandRouter commands;
  private final boolean behindProxy;

  /**
   * The transport.
   *
   * @param behindProxy whether a proxy tells where clients come from
   */
  WebSocketTransport(
      Vertx vertx,
      Limits limits,
      SharedLimits shared,
      SessionLife life,
      CommandRouter commands,
      boolean behindProxy) {
    this.vertx = vertx;
    this.limits = limits;
    this.shared = shared;
    this.life = life;
    this.commands = commands;
    this.behindProxy = behindProxy;
  }

  void mount(Router router) {
    router.get("/ws").handler(this::upgrade);
  }

  private void upgrade(RoutingContext context) {
    if (!"websocket".equalsIgnoreCase(context.request().getHeader("Upgrade"))) {
      Problems.send(context, Refusal.badRequest("This path speaks WebSocket only"));
      return;
    }
    ClientAddress address = ClientAddress.of(context.request(), behindProxy);
    String bearerToken = HttpApi.bearerToken(context);
    Channel channel =
        ((HttpServerConnection) context.request().connection()).channelHandlerContext().channel();
    context
        .request()
        .toWebSocket()
        .onSuccess(socket -> accept(socket, channel, address, bearerToken))
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
      Channel channel,
      ClientAddress address,
      @Nullable String bearerToken) {
    socket.setWriteQueueMaxSize(limits.queuedBytes());
    var connection = new WebSocketConnection(vertx, socket, channel, address);
    if (life.isDraining()) {
      connection.close(CloseCode.RESTARTING);
      return;
    }
    if (shared.isTooManyConnections(address)) {
      connection.close(CloseCode.TOO_MANY);
      return;
    }
    Session session = life.open(connection, bearerToken);
    FrameErrors.guard(session, connection, channel);
    var assembler = new FrameAssembler(limits.frameBytes());
    socket.frameHandler(
        frame -> {
          life.seen(session);
          receive(session, connection, assembler, frame);
        });
    socket.exceptionHandler(_ -> connection.drop());
    socket.closeHandler(_ -> life.ended(session, socket.closeStatusCode()));
  }

  private void receive(
      Session session,
      WebSocketConnection connection,
      FrameAssembler assembler,
      WebSocketFrame frame) {
    // A peer may make the server answer, with pongs too, without ever reading.
    if (!session.isOpen() || connection.isClosing() || session.closeIfCongested()) {
      return;
    }
    if (session.rates().isFlooding()) {
      session.close(CloseCode.TOO_MANY);
      return;
    }
    switch (assembler.add(frame)) {
      case FrameAssembler.Result.Pending _ -> {}
      case FrameAssembler.Result.TooLarge _ -> session.close(CloseCode.TOO_LARGE);
      case FrameAssembler.Result.NotText _ -> session.close(CloseCode.MALFORMED);
      case FrameAssembler.Result.Message(Buffer utf8) ->
          WebSocketFraming.request(utf8.getBytes())
              .ifPresentOrElse(
                  request -> handle(session, connection, request),
                  () -> session.close(CloseCode.MALFORMED));
    }
  }

  private void handle(
      Session session, WebSocketConnection connection, WebSocketFraming.Request request) {
    JsonNode id = request.id();
    if (id != null && !id.isTextual() && !id.isIntegralNumber()) {
      commands
          .refuse(session, Refusal.badRequest("id", "id must be a number or a text"))
          .onSuccess(reply -> reply(session, connection, NullNode.getInstance(), reply));
      return;
    }
    commands
        .handle(session, request.event(), request.data())
        .onSuccess(reply -> reply(session, connection, id, reply));
  }

  private static void reply(
      Session session, WebSocketConnection connection, @Nullable JsonNode id, RawJson reply) {
    if (id != null && !session.closeIfCongested()) {
      connection.send(WebSocketFraming.reply(id, reply));
    }
  }
}
