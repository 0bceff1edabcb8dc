package org.carewire.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;

/** The Netty channels below what Vert.x offers. */
final class Channels {
  private Channels() {}

  static Channel of(HttpServerRequest request) {
    return of(request.connection());
  }

  static Channel of(HttpConnection connection) {
    return ((HttpServerConnection) connection).channelHandlerContext().channel();
  }

  /** The session watches for silence itself. */
  static void releaseIdleTimeout(Channel channel) {
    if (channel.pipeline().get(IdleStateHandler.class) != null) {
      channel.pipeline().remove(IdleStateHandler.class);
    }
  }

  /** Ends a connection at once: Vert.x itself would wait for what is queued to be sent. */
  static void drop(Channel channel) {
    ChannelHandlerContext first = channel.pipeline().firstContext();
    // A channel that is closed has none.
    if (first != null) {
      var _ = first.close();
    }
  }
}
