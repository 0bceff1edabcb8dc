package org.carewire.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import org.carewire.protocol.CloseCode;

/**
 * Sits between the decoder of WebSocket frames and Vert.x, which would end the connection on a
 * frame it cannot take, so hard that the peer never reads why. From then on the decoder reads and
 * drops what comes.
 */
final class FrameErrors extends ChannelInboundHandlerAdapter {
  /** As Vert.x names its own handler, the last of the pipeline. */
  private static final String VERTX_HANDLER = "handler";

  private final Session session;
  private final WebSocketConnection connection;

  private FrameErrors(Session session, WebSocketConnection connection) {
    this.session = session;
    this.connection = connection;
  }

  static void guard(Session session, WebSocketConnection connection, Channel channel) {
    channel
        .pipeline()
        // Vert.x does not look whether a text is one.
        .addBefore(VERTX_HANDLER, "utf8", new Utf8FrameValidator(false))
        .addBefore(VERTX_HANDLER, "frameErrors", new FrameErrors(session, connection));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
    switch (cause) {
      case TooLongFrameException _ -> session.close(CloseCode.TOO_LARGE);
      case CorruptedWebSocketFrameException e -> connection.close(e.closeStatus().code());
      default -> super.exceptionCaught(context, cause);
    }
  }
}
