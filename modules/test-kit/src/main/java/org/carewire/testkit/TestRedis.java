package org.carewire.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import redis.embedded.RedisServer;

/** A real Redis: one for all tests of a JVM, and private ones that a test may stop and start. */
public final class TestRedis implements AutoCloseable {
  private final int port;
  private final RedisServer server;

  private TestRedis(int port) {
    this.port = port;
    this.server =
        RedisServer.builder()
            .port(port)
            .bind("127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no")
            .build();
  }

  /** The one that all tests of this JVM share; it stops when the JVM exits. */
  public static TestRedis shared() {
    return Holder.SHARED;
  }

  /** The address of the shared one. */
  public static String uri() {
    return shared().address();
  }

  /** Empties the shared one. */
  public static void flush() {
    shared().clear();
  }

  /** One of its own for a test that takes it away. */
  public static TestRedis startPrivate() {
    TestRedis redis = new TestRedis(freePort());
    redis.start();
    Runtime.getRuntime().addShutdownHook(new Thread(redis::stop));
    return redis;
  }

  public String address() {
    return "redis://127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  /** Starts it, empty, on the port that it had. */
  public void start() {
    server.start();
  }

  public void stop() {
    server.stop();
  }

  /** Removes all keys. */
  public void clear() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] reply = socket.getInputStream().readNBytes("+OK\r\n".length());
      if (!new String(reply, StandardCharsets.US_ASCII).equals("+OK\r\n")) {
        throw new IllegalStateException("FLUSHALL was refused");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    stop();
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Holder {
    static final TestRedis SHARED = startPrivate();
  }
}
