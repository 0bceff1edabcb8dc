package org.carewire.loadtests;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket to {@code /ws}, from the first SYN on. What is written in a turn of the loop goes out
 * at its end, at once.
 */
final class ClientSocket {
  /** What becomes of it; called by the loop. */
  interface Listener {
    void opened(ClientSocket socket);

    /** A text frame lies in that part of an array that is used again afterwards. */
    void received(ClientSocket socket, byte[] bytes, int from, int to);

    void ended(ClientSocket socket, String reason);
  }

  private static final byte[] NOTHING = {};
  private static final byte[] UPGRADED = Ascii.of("HTTP/1.1 101 ");
  private static final byte[] HEAD_END = Ascii.of("\r\n\r\n");

  private final ClientLoop loop;
  private final SocketChannel channel;
  private final InetSocketAddress server;
  private final Listener listener;
  private final byte[] handshake;
  private byte[] unsent = NOTHING;
  private int unsentLength;
  private byte @Nullable [] begun;
  private boolean upgraded;
  private boolean ended;
  private boolean waiting;
  private @Nullable SelectionKey key;

  ClientSocket(ClientLoop loop, InetSocketAddress from, InetSocketAddress to, Listener listener)
      throws IOException {
    this.loop = loop;
    this.server = to;
    this.listener = listener;
    this.handshake =
        Ascii.of(
            "GET /ws HTTP/1.1\r\nHost: "
                + to.getHostString()
                + ":"
                + to.getPort()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    this.channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.bind(from);
  }

  void connect() {
    try {
      channel.connect(server);
    } catch (IOException e) {
      end("was refused: " + e.getMessage());
    }
  }

  SocketChannel channel() {
    return channel;
  }

  void registered(SelectionKey newKey) {
    this.key = newKey;
  }

  /** Queues a whole frame, which is copied. */
  void write(byte[] frame) {
    if (ended) {
      return;
    }
    if (unsent.length < unsentLength + frame.length) {
      unsent = Arrays.copyOf(unsent, Math.max(2 * unsent.length, unsentLength + frame.length));
    }
    System.arraycopy(frame, 0, unsent, unsentLength, frame.length);
    unsentLength += frame.length;
    if (!waiting) {
      waiting = true;
      loop.toFlush(this);
    }
  }

  /** Sends what there is; the rest when there is room. */
  void flush(ByteBuffer buffer) {
    waiting = false;
    try {
      int sent = 0;
      while (sent < unsentLength) {
        buffer.clear();
        buffer.put(unsent, sent, Math.min(buffer.capacity(), unsentLength - sent)).flip();
        int written = channel.write(buffer);
        sent += written;
        if (written == 0) {
          break;
        }
      }
      unsentLength -= sent;
      if (unsentLength > 0) {
        System.arraycopy(unsent, sent, unsent, 0, unsentLength);
        interest(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        waiting = true;
      }
    } catch (IOException e) {
      end("could not be written to: " + e.getMessage());
    }
  }

  void ready(SelectionKey ready, ByteBuffer in, ByteBuffer out) {
    try {
      if (ready.isConnectable()) {
        channel.finishConnect();
        interest(SelectionKey.OP_READ);
        write(handshake);
      }
      if (ready.isWritable()) {
        interest(SelectionKey.OP_READ);
        flush(out);
      }
      if (ready.isReadable()) {
        in.clear();
        int read = channel.read(in);
        if (read < 0) {
          end("was ended by the server");
        } else {
          received(in.flip());
        }
      }
    } catch (IOException e) {
      end("has failed: " + e.getMessage());
    }
  }

  private void interest(int operations) {
    if (key != null && key.isValid()) {
      key.interestOps(operations);
    }
  }

  private void received(ByteBuffer in) {
    int before = begun == null ? 0 : begun.length;
    int to = before + in.remaining();
    byte[] bytes = loop.scratch(to);
    if (begun != null) {
      System.arraycopy(begun, 0, bytes, 0, before);
      begun = null;
    }
    in.get(bytes, before, in.remaining());
    int at = 0;
    if (!upgraded) {
      at = Ascii.after(bytes, 0, to, HEAD_END);
      if (at < 0) {
        begun = Arrays.copyOf(bytes, to);
        return;
      }
      if (!Ascii.startsWith(bytes, 0, to, UPGRADED)) {
        end("was refused: " + new String(bytes, 0, 12, java.nio.charset.StandardCharsets.US_ASCII));
        return;
      }
      upgraded = true;
      listener.opened(this);
    }
    frames(bytes, at, to);
  }

  private void frames(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && !ended) {
      int header = Frames.header(bytes, at, to);
      if (header == Frames.INCOMPLETE || to - at < header + Frames.length(bytes, at)) {
        begun = Arrays.copyOfRange(bytes, at, to);
        return;
      }
      int payload = at + header;
      int end = payload + Frames.length(bytes, at);
      frame(bytes, at, payload, end);
      at = end;
    }
  }

  private void frame(byte[] bytes, int at, int payload, int end) {
    switch (Frames.opcode(bytes, at)) {
      case Frames.TEXT -> {
        if (!Frames.isFinal(bytes, at)) {
          throw new IllegalStateException("Frames in pieces are not read here");
        }
        listener.received(this, bytes, payload, end);
      }
      case Frames.PING ->
          write(Frames.masked(Frames.PONG, Arrays.copyOfRange(bytes, payload, end)));
      case Frames.CLOSE ->
          end(
              "was closed with "
                  + (end - payload < 2
                      ? "no code"
                      : (bytes[payload] & 0xff) << 8 | (bytes[payload + 1] & 0xff)));
      default -> {}
    }
  }

  /** Ends it without a word to the listener. */
  void close() {
    ended = true;
    try {
      channel.close();
    } catch (IOException e) {
      // Gone all the same.
    }
  }

  private void end(String reason) {
    if (!ended) {
      close();
      listener.ended(this, reason);
    }
  }
}
