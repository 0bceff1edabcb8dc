package org.carewire.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A client of HTTP/1.1 (RFC 9112) with one connection at a time, under a test's control: answers
 * are read as they come and no further than the test reads, and the connection breaks off when it
 * is told to. One thread asks and reads; any may break off.
 */
public final class RawHttp implements AutoCloseable {
  /** Bytes. Small, so that a client that does not read is soon felt by the server. */
  private static final int RECEIVE_BUFFER = 64 * 1024;

  /**
   * What the server said.
   *
   * @param headers whatever the case of their names
   * @param body ends where the answer ends; a connection that is lost before throws
   */
  public record Answer(int status, Map<String, String> headers, InputStream body) {
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }

    /** The whole body. */
    public String text() {
      try {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final URI server;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Socket socket;
  private DataInputStream in = new DataInputStream(InputStream.nullInputStream());
  private @Nullable Runnable onceWaiting;
  private boolean isWaiting;
  private boolean isOver;

  /** Connects with the first request. */
  public RawHttp(URI server) {
    this.server = server;
  }

  /**
   * Asks, and answers once the headers of the answer have come. The body of the answer before must
   * have been read.
   */
  public Answer ask(String method, String path, Map<String, String> headers, byte[] body)
      throws IOException {
    byte[] request = request(method, path, headers, body);
    boolean isFirst = send(request);
    try {
      return answer(method);
    } catch (IOException e) {
      // A connection may be closed between two requests; the next one then goes over a new one.
      if (isFirst || isOver) {
        throw e;
      }
      forgetConnection();
      send(request);
      return answer(method);
    }
  }

  public Answer get(String path) throws IOException {
    return ask("GET", path, Map.of(), new byte[0]);
  }

  public Answer post(String path, String body) throws IOException {
    return ask("POST", path, Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  /** Runs what breaks off, now if a request waits for its answer, else when the next one does. */
  void onceWaiting(Runnable breaksOff) {
    lock.lock();
    try {
      if (isWaiting) {
        breaksOff.run();
      } else {
        onceWaiting = breaksOff;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Says that no more requests come. The server's end of the connection follows. */
  void sayGoodbye() {
    lock.lock();
    try {
      isOver = true;
      if (socket != null) {
        socket.shutdownOutput();
      }
    } catch (IOException e) {
      // It has ended already.
    } finally {
      lock.unlock();
    }
  }

  /** Ends the connection, whatever is on its way. */
  public void drop() {
    lock.lock();
    try {
      isOver = true;
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    drop();
  }

  private byte[] request(String method, String path, Map<String, String> headers, byte[] body) {
    var head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    head.append("Host: ").append(server.getAuthority()).append("\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    var request = new ByteArrayOutputStream();
    request.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
    request.writeBytes(body);
    return request.toByteArray();
  }

  /** Answers whether it is the first request of its connection. */
  private boolean send(byte[] request) throws IOException {
    boolean isFirst = connect();
    try {
      socket().getOutputStream().write(request);
    } catch (IOException e) {
      // The server has closed its side, maybe with an answer to be read.
    }
    waits(true);
    return isFirst;
  }

  private void waits(boolean waits) {
    lock.lock();
    try {
      isWaiting = waits;
      if (waits && onceWaiting != null) {
        onceWaiting.run();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Answers whether the connection is new. */
  private boolean connect() throws IOException {
    lock.lock();
    try {
      if (isOver) {
        throw new IOException("Broken off");
      }
      if (socket != null) {
        return false;
      }
      var connection = new Socket();
      connection.setReceiveBufferSize(RECEIVE_BUFFER);
      connection.setTcpNoDelay(true);
      connection.connect(new InetSocketAddress(server.getHost(), server.getPort()));
      in = new DataInputStream(new BufferedInputStream(connection.getInputStream()));
      socket = connection;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private Socket socket() throws IOException {
    Socket connection = socket;
    if (connection == null) {
      throw new IOException("Not connected");
    }
    return connection;
  }

  private void forgetConnection() throws IOException {
    lock.lock();
    try {
      if (socket != null) {
        socket.close();
      }
      socket = null;
    } finally {
      lock.unlock();
    }
  }

  private Answer answer(String method) throws IOException {
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    waits(false);
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.merge(
          line.substring(0, colon), line.substring(colon + 1).strip(), (a, b) -> a + ", " + b);
    }
    return new Answer(status, headers, body(method, status, headers));
  }

  private InputStream body(String method, int status, Map<String, String> headers) {
    if (status == 204 || status == 304 || method.equals("HEAD")) {
      return InputStream.nullInputStream();
    }
    if ("chunked".equalsIgnoreCase(headers.get("Transfer-Encoding"))) {
      return HttpBody.chunked(in);
    }
    return HttpBody.ofLength(in, Long.parseLong(headers.getOrDefault("Content-Length", "0")));
  }

  private String line() throws IOException {
    return HttpBody.line(in);
  }
}
