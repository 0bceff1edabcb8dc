package org.carewire.gateway;

import io.micrometer.core.instrument.Counter;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections whose requests do not arrive whole in time: those of peers that send a byte now
 * and then to keep a connection, or nothing at all once connected. An idle time-out ends none of
 * the former, and lets the latter stay for longer than they should.
 */
final class RequestDeadline extends ChannelInboundHandlerAdapter {
  private static final String DECODER = "httpDecoder";
  private static final String BEGIN = "requestBegin";
  private static final String END = "requestEnd";

  private final Duration limit;
  private final Counter timedOut;
  private @Nullable ScheduledFuture<?> timer;

  private RequestDeadline(Duration limit, Counter timedOut) {
    this.limit = limit;
    this.timedOut = timedOut;
  }

  /**
   * Watches over a new connection.
   *
   * @param limit from the first byte of a request, or the beginning of the connection, to the last
   * @param timedOut counts the connections ended
   */
  static void guard(Channel channel, Duration limit, Counter timedOut) {
    var begin = new RequestDeadline(limit, timedOut);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addBefore(DECODER, BEGIN, begin);
    pipeline.addAfter(DECODER, END, begin.new End());
  }

  /** The connection carries something other than requests from now on. */
  static void release(Channel channel) {
    channel.pipeline().remove(BEGIN);
    channel.pipeline().remove(END);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    begin(context);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    end();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    begin(context);
    context.fireChannelRead(bytes);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end();
    context.fireChannelInactive();
  }

  private void begin(ChannelHandlerContext context) {
    if (timer == null) {
      timer =
          context
              .executor()
              .schedule(
                  () -> {
                    timedOut.increment();
                    // From here it passes by Vert.x, which would wait for what is to be sent.
                    var _ = context.close();
                  },
                  limit.toMillis(),
                  TimeUnit.MILLISECONDS);
    }
  }

  private void end() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  /** Behind the decoder, where the end of a request can be seen. */
  private final class End extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object part) {
      if (part instanceof LastHttpContent) {
        end();
      }
      context.fireChannelRead(part);
    }
  }
}
