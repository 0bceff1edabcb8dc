package org.carewire.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The network between clients and a server of this machine, which fails as it is told. */
public class FaultProxy implements AutoCloseable {
  /** What comes from one side of a connection and goes to the other. */
  interface Stream {
    /** What is to pass in one piece; empty at the end. */
    byte[] read(InputStream from) throws IOException;

    void pass(byte[] piece, OutputStream to) throws IOException;
  }

  /** Both directions of a connection. */
  record Wire(Stream toServer, Stream toClient) {}

  /** Something on its way. */
  private static final class Piece {
    final byte[] bytes;

    /** By the clock of {@link System#nanoTime}. */
    final long dueAt;

    Piece(byte[] bytes, Duration time) {
      this.bytes = bytes;
      this.dueAt = System.nanoTime() + time.toNanos();
    }
  }

  private static final byte[] END = {};
  private static final int CHUNK_BYTES = 16_384;

  private final ServerSocket listener;
  private final int serverPort;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile CountDownLatch passable = new CountDownLatch(0);
  private volatile Duration delay = Duration.ZERO;
  private volatile boolean refusing;
  private final AtomicInteger refused = new AtomicInteger();

  FaultProxy(int serverPort) {
    this.serverPort = serverPort;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::acceptAll);
  }

  /** In front of a server of any kind. */
  public static FaultProxy before(int serverPort) {
    return new FaultProxy(serverPort);
  }

  /** Where clients find the server. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Ends all connections; there may be new ones. */
  public void cut() {
    links.forEach(Link::close);
  }

  /** Ends all connections, and each new one at once. */
  public void refuse() {
    refusing = true;
    cut();
  }

  public void stopRefusing() {
    refusing = false;
  }

  /** How many connections were refused so far. */
  public int refused() {
    return refused.get();
  }

  /** Nothing passes any more, and nothing is closed. */
  public void hang() {
    passable = new CountDownLatch(1);
  }

  /** What has come meanwhile passes too. */
  public void resume() {
    passable.countDown();
  }

  /** Whatever passes, in either direction, takes this long. */
  public void delay(Duration longer) {
    delay = longer;
  }

  /** How a new connection is read and passed on. */
  Wire wire(Link link) {
    return new Wire(new Chunks(), new Chunks());
  }

  private void acceptAll() {
    try {
      while (true) {
        connect(listener.accept());
      }
    } catch (IOException _) {
      // It was closed.
    }
  }

  private void connect(Socket client) {
    var server = new Socket();
    var link = new Link(client, server);
    links.add(link);
    if (refusing) {
      link.close();
      refused.incrementAndGet();
      return;
    }
    try {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
    } catch (IOException _) {
      link.close();
      return;
    }
    Wire wire = wire(link);
    carry(link, client, wire.toServer, server);
    carry(link, server, wire.toClient, client);
  }

  private void carry(Link link, Socket from, Stream stream, Socket to) {
    var underWay = new LinkedBlockingQueue<Piece>();
    threads.execute(() -> take(from, stream, underWay));
    threads.execute(() -> bring(link, stream, underWay, to));
  }

  private void take(Socket from, Stream stream, BlockingQueue<Piece> underWay) {
    try {
      var in = new BufferedInputStream(from.getInputStream(), CHUNK_BYTES);
      byte[] piece;
      do {
        piece = stream.read(in);
        underWay.add(new Piece(piece, delay));
      } while (piece.length > 0);
    } catch (IOException _) {
      underWay.add(new Piece(END, delay));
    }
  }

  private void bring(Link link, Stream stream, BlockingQueue<Piece> underWay, Socket to) {
    try (link) {
      while (true) {
        Piece next = underWay.take();
        if (closing.await(next.dueAt - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return;
        }
        passable.await();
        link.thawed.await();
        if (next.bytes.length == 0) {
          return;
        }
        stream.pass(next.bytes, to.getOutputStream());
      }
    } catch (IOException _) {
      // The other side has gone.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    resume();
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
    threads.shutdownNow();
  }

  private static final class Chunks implements Stream {
    @Override
    public byte[] read(InputStream from) throws IOException {
      byte[] chunk = new byte[CHUNK_BYTES];
      int length = from.read(chunk);
      return length < 0 ? END : Arrays.copyOf(chunk, length);
    }

    @Override
    public void pass(byte[] piece, OutputStream to) throws IOException {
      to.write(piece);
    }
  }

  /** A connection, in two halves. */
  final class Link implements AutoCloseable {
    private final Socket client;
    private final Socket server;
    private volatile CountDownLatch thawed = new CountDownLatch(0);

    private Link(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    /** Nothing passes any more until it is cut. */
    void freeze() {
      thawed = new CountDownLatch(1);
    }

    @Override
    public void close() {
      links.remove(this);
      try (client;
          server) {
        thawed.countDown();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
