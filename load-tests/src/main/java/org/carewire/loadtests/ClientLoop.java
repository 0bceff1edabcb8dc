package org.carewire.loadtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** All sockets of the client, on the one thread that calls {@link #turn}. */
final class ClientLoop implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 18;

  /** Below the millisecond that a selector can wait. */
  private static final long NAP_NANOS = 100_000;

  private final Selector selector;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ArrayDeque<ClientSocket> toFlush = new ArrayDeque<>();
  private byte[] scratch = new byte[2 * BUFFER_BYTES];

  ClientLoop() {
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Begins to connect. The listener learns what becomes of it, of a refusal perhaps before this
   * returns.
   *
   * @param host last byte of the loopback address that it comes from; each has some 28,000 ports
   */
  ClientSocket open(int host, InetSocketAddress server, ClientSocket.Listener listener) {
    try {
      var from = new InetSocketAddress(InetAddress.ofLiteral("127.0.0." + host), 0);
      var socket = new ClientSocket(this, from, server, listener);
      socket.registered(socket.channel().register(selector, SelectionKey.OP_CONNECT, socket));
      socket.connect();
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void toFlush(ClientSocket socket) {
    toFlush.add(socket);
  }

  byte[] scratch(int length) {
    if (scratch.length < length) {
      scratch = new byte[2 * length];
    }
    return scratch;
  }

  /** Sends what was written, then reads what has come, or waits for it that long. */
  void turn(long maxNanos) {
    flush();
    try {
      if (maxNanos >= TimeUnit.MILLISECONDS.toNanos(1)) {
        selector.select(this::ready, TimeUnit.NANOSECONDS.toMillis(maxNanos));
      } else if (selector.selectNow(this::ready) == 0 && maxNanos > 0) {
        LockSupport.parkNanos(Math.min(maxNanos, NAP_NANOS));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    flush();
  }

  /** Ends its waiting; from any thread. */
  void wakeUp() {
    selector.wakeup();
  }

  private void flush() {
    for (ClientSocket socket; (socket = toFlush.poll()) != null; ) {
      socket.flush(out);
    }
  }

  private void ready(SelectionKey key) {
    ((ClientSocket) key.attachment()).ready(key, in, out);
  }

  /** Turns until it is so, at most that long; whether it is. */
  boolean turnUntil(BooleanSupplier done, long seconds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!done.getAsBoolean()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      turn(Math.min(left, TimeUnit.MILLISECONDS.toNanos(10)));
    }
    return true;
  }

  @Override
  public void close() {
    selector.keys().forEach(key -> ((ClientSocket) key.attachment()).close());
    try {
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
