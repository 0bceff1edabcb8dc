package org.carewire.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A WebSocket (RFC 6455) under a test's control frame by frame. Libraries answer pings, read what
 * comes and refuse to send what is wrong; this one does as it is told.
 */
public final class RawWebSocket implements AutoCloseable {
  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  /** RFC 6455, 7.1.5: the connection ended without a close frame, or with one that has no code. */
  private static final int NO_CODE_AT_ALL = 1006;

  private static final int NO_CODE = 1005;
  private static final int NORMAL = 1000;

  /** Bytes. Small, so that a client that does not read is soon felt by the server. */
  private static final int RECEIVE_BUFFER = 64 * 1024;

  private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};
  private static final String ANY_KEY = Base64.getEncoder().encodeToString(new byte[16]);

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final ReentrantLock writing = new ReentrantLock();
  private final Semaphore mayRead = new Semaphore(1);
  private final Pings pings = new Pings();
  private final Consumer<String> onText;
  private final IntConsumer onEnd;
  private volatile boolean answersPings = true;

  /**
   * Connects; nothing is read before {@link #start}.
   *
   * @param onText each whole text message
   * @param onEnd the close code, once
   * @throws ConnectionRefused where the server answers with another status than 101
   */
  public RawWebSocket(
      URI uri, Map<String, String> headers, Consumer<String> onText, IntConsumer onEnd) {
    this.onText = onText;
    this.onEnd = onEnd;
    try {
      socket.setReceiveBufferSize(RECEIVE_BUFFER);
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      shakeHands(uri, headers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads from now on. */
  public void start() {
    Thread.ofVirtual().name("websocket-reader").start(this::read);
  }

  public void sendText(String text) {
    send(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Sends one frame.
   *
   * @param opcode {@link #TEXT}, {@link #BINARY} or {@link #CONTINUATION}
   * @param last whether the message ends with this frame
   */
  public void send(int opcode, boolean last, byte[] payload) {
    writing.lock();
    try {
      socket.getOutputStream().write(frame(opcode, last, payload));
    } catch (IOException e) {
      // The other side has closed: the reader tells with which code.
    } finally {
      writing.unlock();
    }
  }

  public void answerPings(boolean answers) {
    answersPings = answers;
  }

  Pings pings() {
    return pings;
  }

  /** Reads at most one more frame, then nothing. */
  public void pauseReading() {
    mayRead.acquireUninterruptibly();
  }

  public void resumeReading() {
    mayRead.release();
  }

  /** Ends the connection without a close frame. */
  public void drop() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Says good-bye; the server's answer ends the connection. */
  @Override
  public void close() {
    send(CLOSE, true, ByteBuffer.allocate(Short.BYTES).putShort((short) NORMAL).array());
  }

  private void shakeHands(URI uri, Map<String, String> headers) throws IOException {
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    var request = new StringBuilder("GET " + uri.getRawPath() + query + " HTTP/1.1\r\n");
    request.append("Host: ").append(uri.getAuthority()).append("\r\n");
    request.append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n");
    request.append("Sec-WebSocket-Key: ").append(ANY_KEY).append("\r\n");
    headers.forEach((name, value) -> request.append(name + ": " + value + "\r\n"));
    request.append("\r\n");
    socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    while (!line().isEmpty()) {
      // The other headers do not matter.
    }
    if (status != 101) {
      socket.close();
      throw new ConnectionRefused(status);
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
      line.append((char) next);
    }
    return line.toString().strip();
  }

  private void read() {
    int code = NO_CODE_AT_ALL;
    try (socket) {
      code = readUntilClosed();
    } catch (IOException e) {
      // Lost without a close frame.
    } finally {
      onEnd.accept(code);
    }
  }

  private int readUntilClosed() throws IOException {
    var message = new ByteArrayOutputStream();
    while (true) {
      mayRead.acquireUninterruptibly();
      mayRead.release();
      int first = in.readUnsignedByte();
      byte[] payload = in.readNBytes(length());
      switch (first & 0x0f) {
        case PING -> {
          pings.came();
          if (answersPings) {
            send(PONG, true, payload);
          }
        }
        case PONG -> {}
        case CLOSE -> {
          send(CLOSE, true, payload);
          return payload.length < Short.BYTES ? NO_CODE : ByteBuffer.wrap(payload).getShort();
        }
        default -> {
          message.writeBytes(payload);
          if ((first & 0x80) != 0) {
            onText.accept(message.toString(StandardCharsets.UTF_8));
            message.reset();
          }
        }
      }
    }
  }

  private int length() throws IOException {
    int length = in.readUnsignedByte() & 0x7f;
    return switch (length) {
      case 126 -> in.readUnsignedShort();
      case 127 -> Math.toIntExact(in.readLong());
      default -> length;
    };
  }

  private static byte[] frame(int opcode, boolean last, byte[] payload) {
    var frame = ByteBuffer.allocate(payload.length + 14);
    frame.put((byte) ((last ? 0x80 : 0) | opcode));
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 1 << Short.SIZE) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    frame.put(MASK);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ MASK[i % MASK.length]));
    }
    byte[] bytes = new byte[frame.flip().remaining()];
    frame.get(bytes);
    return bytes;
  }
}
