package org.carewire.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** An identity provider's JWKS over HTTP, good or bad. */
public final class KeyServer implements AutoCloseable {
  private static final int DRIP_MS = 50;

  /** How a request is answered. */
  private interface Behaviour {
    void answer(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicInteger requests = new AtomicInteger();
  private final Semaphore arrivals = new Semaphore(0);
  private volatile Behaviour behaviour = exchange -> send(exchange, 404, "");
  private final @Nullable SSLContext tls;
  private final int port;
  private HttpServer server;

  /** While stopped, has the port without listening, so that nobody else gets it. */
  private Socket placeholder = new Socket();

  private KeyServer(@Nullable SSLContext tls) throws IOException {
    this.tls = tls;
    server = listen(0);
    port = server.getAddress().getPort();
  }

  /** On a free port, with these keys. */
  public static KeyServer with(SigningKey... keys) {
    return with(null, keys);
  }

  /**
   * The same over TLS, with a certificate that nobody trusts.
   *
   * @param folder for its files
   */
  public static KeyServer untrusted(Path folder, SigningKey... keys) {
    return with(SelfSigned.context(folder), keys);
  }

  private static KeyServer with(@Nullable SSLContext tls, SigningKey... keys) {
    try {
      var server = new KeyServer(tls);
      server.publish(keys);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpServer listen(int at) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), at);
    HttpServer listening = tls == null ? HttpServer.create(address, 0) : https(address, tls);
    listening.createContext("/", this::handle);
    listening.setExecutor(threads);
    listening.start();
    return listening;
  }

  private static HttpServer https(InetSocketAddress address, SSLContext tls) throws IOException {
    HttpsServer server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return server;
  }

  private void handle(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    arrivals.release();
    try (exchange) {
      behaviour.answer(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public URI uri() {
    return URI.create((tls == null ? "http" : "https") + "://127.0.0.1:" + port + "/jwks.json");
  }

  /** How many requests have come. */
  public int requests() {
    return requests.get();
  }

  /** Waits for one request that nobody has waited for yet. */
  public void awaitRequest(Duration deadline) {
    try {
      if (!arrivals.tryAcquire(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("No request within " + deadline);
      }
    } catch (InterruptedException e) {
      throw EventInbox.interrupted(e);
    }
  }

  /** From now on answers with these keys. */
  public void publish(SigningKey... keys) {
    answer(200, SigningKey.jwks(keys));
  }

  public void answer(int status, String body) {
    behaviour = exchange -> send(exchange, status, body);
  }

  public void redirect(URI elsewhere) {
    behaviour =
        exchange -> {
          exchange.getResponseHeaders().add("Location", elsewhere.toString());
          send(exchange, 302, "");
        };
  }

  /** Lets requests wait, then answers with these keys. */
  public void hold(CountDownLatch release, SigningKey... keys) {
    behaviour =
        exchange -> {
          release.await();
          send(exchange, 200, SigningKey.jwks(keys));
        };
  }

  /** Takes requests and says nothing. */
  public void hang() {
    behaviour = exchange -> closing.await();
  }

  /** Answers a byte at a time, without an end. */
  public void drip() {
    behaviour =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream body = exchange.getResponseBody();
          do {
            body.write(' ');
            body.flush();
          } while (!closing.await(DRIP_MS, TimeUnit.MILLISECONDS));
        };
  }

  /** Answers with these keys and promises more than it sends. */
  public void breakOff(SigningKey... keys) {
    byte[] whole = SigningKey.jwks(keys).getBytes(StandardCharsets.UTF_8);
    behaviour =
        exchange -> {
          exchange.sendResponseHeaders(200, whole.length + 1L);
          exchange.getResponseBody().write(whole);
          exchange.getResponseBody().flush();
        };
  }

  /** Its port is closed. */
  public void stop() {
    server.stop(0);
    try {
      placeholder = new Socket();
      placeholder.setReuseAddress(true);
      placeholder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** On the same port again. */
  public void restart() {
    try {
      placeholder.close();
      server = listen(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    try {
      placeholder.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
