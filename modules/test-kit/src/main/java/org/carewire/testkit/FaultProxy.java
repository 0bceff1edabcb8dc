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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The network between clients and a server of this machine, which fails as it is told. */
public class FaultProxy implements AutoCloseable {
  /** What comes from one side of a connection and goes to the other. */
  interface Stream {
    /** What is to pass in one piece; empty at the end. */
    byte[] read(InputStream from) throws IOException;

    void pass(byte[] piece, OutputStream to) throws IOException;
  }

  /** The directions of a connection. */
  public enum Direction {
    TO_SERVER,
    TO_CLIENT
  }

  /**
   * What does not pass, until it is over.
   *
   * @param origins whose connections
   */
  private record Hold(Predicate<String> origins, Set<Direction> directions, CountDownLatch isOver) {
    boolean concerns(Link link, Direction direction) {
      return directions.contains(direction) && origins.test(link.origin);
    }
  }

  /** Both directions of a connection. */
  record Wire(Stream toServer, Stream toClient) {}

  /** Something on its way. */
  private static final class Piece {
    final byte[] bytes;

    /** By the clock of {@link System#nanoTime}. */
    final long dueAt;

    Piece(byte[] bytes, long nanos) {
      this.bytes = bytes;
      this.dueAt = System.nanoTime() + nanos;
    }
  }

  private static final byte[] END = {};
  private static final int CHUNK_BYTES = 16_384;
  private static final Set<Direction> BOTH = Set.of(Direction.values());

  private final ServerSocket listener;
  private final int serverPort;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Function<Socket, String> naming;
  private volatile @Nullable Hold hold;
  private volatile Duration delay = Duration.ZERO;
  private volatile Duration jitter = Duration.ZERO;
  private volatile long nanosAByte;
  private volatile Predicate<String> refusing = FaultProxy::none;
  private final AtomicInteger refused = new AtomicInteger();

  FaultProxy(int serverPort) {
    this(serverPort, client -> "");
  }

  private FaultProxy(int serverPort, Function<Socket, String> naming) {
    this.serverPort = serverPort;
    this.naming = naming;
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

  /**
   * In front of a server whose clients are told apart.
   *
   * @param naming of who has opened a connection, its origin
   */
  public static FaultProxy before(int serverPort, Function<Socket, String> naming) {
    return new FaultProxy(serverPort, naming);
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
    refuse(FaultProxy::any);
  }

  /** The same, of those origins only. */
  public void refuse(Predicate<String> origins) {
    refusing = origins;
    links.stream().filter(link -> origins.test(link.origin)).forEach(Link::close);
  }

  public void stopRefusing() {
    refusing = FaultProxy::none;
  }

  /** How many connections were refused so far. */
  public int refused() {
    return refused.get();
  }

  /** Nothing passes any more, and nothing is closed. */
  public void hang() {
    hang(FaultProxy::any, BOTH);
  }

  /** The same, in one direction only. */
  public void hang(Direction direction) {
    hang(FaultProxy::any, Set.of(direction));
  }

  /** The same, of connections of those origins only. */
  public void hang(Predicate<String> origins) {
    hang(origins, BOTH);
  }

  private void hang(Predicate<String> origins, Set<Direction> directions) {
    hold = new Hold(origins, directions, new CountDownLatch(1));
  }

  /** What has come meanwhile passes too. */
  public void resume() {
    Hold held = hold;
    hold = null;
    if (held != null) {
      held.isOver.countDown();
    }
  }

  /** Whatever passes, in either direction, takes this long. */
  public void delay(Duration longer) {
    delay(longer, Duration.ZERO);
  }

  /**
   * Whatever passes takes this long.
   *
   * @param upTo as much more, at random; the order stays
   */
  public void delay(Duration longer, Duration upTo) {
    delay = longer;
    jitter = upTo;
  }

  /**
   * No more than that passes in each direction of a connection.
   *
   * @param bytesASecond 0 for as much as there is
   */
  public void slow(int bytesASecond) {
    nanosAByte = bytesASecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / bytesASecond;
  }

  /** How a new connection is read and passed on. */
  Wire wire(Link link) {
    return new Wire(new Chunks(), new Chunks());
  }

  private static boolean any(String origin) {
    return true;
  }

  private static boolean none(String origin) {
    return false;
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
    var link = new Link(client, server, naming.apply(client));
    links.add(link);
    if (refusing.test(link.origin)) {
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
    carry(link, Direction.TO_SERVER, client, wire.toServer, server);
    carry(link, Direction.TO_CLIENT, server, wire.toClient, client);
  }

  private void carry(Link link, Direction direction, Socket from, Stream stream, Socket to) {
    var underWay = new LinkedBlockingQueue<Piece>();
    threads.execute(() -> take(from, stream, underWay));
    threads.execute(() -> bring(link, direction, stream, underWay, to));
  }

  private void take(Socket from, Stream stream, BlockingQueue<Piece> underWay) {
    try {
      var in = new BufferedInputStream(from.getInputStream(), CHUNK_BYTES);
      byte[] piece;
      do {
        piece = stream.read(in);
        underWay.add(new Piece(piece, nanosUnderWay()));
      } while (piece.length > 0);
    } catch (IOException _) {
      underWay.add(new Piece(END, nanosUnderWay()));
    }
  }

  private long nanosUnderWay() {
    long most = jitter.toNanos();
    return delay.toNanos() + (most == 0 ? 0 : ThreadLocalRandom.current().nextLong(most));
  }

  private void bring(
      Link link, Direction direction, Stream stream, BlockingQueue<Piece> underWay, Socket to) {
    try (link) {
      while (true) {
        Piece next = underWay.take();
        long nanos = Math.max(next.dueAt - System.nanoTime(), next.bytes.length * nanosAByte);
        if (closing.await(nanos, TimeUnit.NANOSECONDS)) {
          return;
        }
        for (Hold now = hold; now != null && now.concerns(link, direction); now = hold) {
          now.isOver.await();
        }
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
    private final String origin;
    private volatile CountDownLatch thawed = new CountDownLatch(0);

    private Link(Socket client, Socket server, String origin) {
      this.client = client;
      this.server = server;
      this.origin = origin;
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
