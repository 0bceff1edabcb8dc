package org.carewire.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.carewire.testkit.RawHttp.Answer;

/**
 * Receives by one HTTP request after the other, each answered with one SockJS frame or with many as
 * they come, and sends by {@code xhr_send}.
 */
final class HttpCarrier implements SockJsCarrier {
  private static final int CONNECTION_LOST = 1006;
  private static final int NORMAL = 1000;
  private static final int OK = 200;

  /** After so long a silent client looks whether it has been given up, since nobody tells it. */
  private static final Duration SILENCE = Duration.ofSeconds(3);

  private final HttpReceiving receiving;
  private final String path;
  private final Map<String, String> headers;
  private final Listener listener;
  private final SockJsFrames frames;
  private final RawHttp http;
  private final XhrSender sender;
  private final Answer first;
  private final Semaphore mayRead = new Semaphore(1);
  private final CountDownLatch brokenOff = new CountDownLatch(1);
  private volatile boolean isSilent;
  private volatile int codeOfItsEnd = CONNECTION_LOST;

  /** Opens a session. */
  HttpCarrier(HttpReceiving receiving, URI server, Map<String, String> headers, Listener listener) {
    this.receiving = receiving;
    this.path = SockJsCarrier.path(receiving.transport());
    this.headers = headers;
    this.listener = listener;
    frames = new SockJsFrames(listener);
    http = new RawHttp(server);
    String session = path.substring(0, path.lastIndexOf('/'));
    sender = new XhrSender(server, session + "/xhr_send", headers);
    try {
      first = ask();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (first.status() != OK) {
      http.drop();
      throw new ConnectionRefused(first.status());
    }
  }

  @Override
  public void start() {
    sender.start();
    Thread.ofVirtual().name("sockjs-reader").start(this::receive);
  }

  @Override
  public void send(String message) {
    sender.send(message);
  }

  @Override
  public void sendBinary(byte[] frame) {
    throw new UnsupportedOperationException("Over HTTP there are no binary frames");
  }

  @Override
  public Pings pings() {
    return frames.pings();
  }

  @Override
  public void fallSilent() {
    isSilent = true;
  }

  @Override
  public void pauseReading() {
    mayRead.acquireUninterruptibly();
  }

  @Override
  public void resumeReading() {
    mayRead.release();
  }

  @Override
  public void drop() {
    sender.stop();
    breakOff(http::drop);
  }

  /** Ends the request that waits, which is all that a client can say; the server does the same. */
  @Override
  public void close() {
    codeOfItsEnd = NORMAL;
    sender.stop();
    breakOff(http::sayGoodbye);
  }

  /** While a poll waits, since the server notices nothing of what happens between two. */
  private void breakOff(Runnable how) {
    if (receiving.isPolling() && !isSilent && mayRead.availablePermits() > 0) {
      http.onceWaiting(how);
    } else {
      how.run();
    }
    brokenOff.countDown();
  }

  private Answer ask() throws IOException {
    return http.ask(receiving.method(), path, headers, new byte[0]);
  }

  private void receive() {
    int code = CONNECTION_LOST;
    try {
      code = receiveUntilClosed();
    } catch (IOException e) {
      code = codeOfItsEnd;
    } finally {
      sender.stop();
      http.drop();
      listener.ended(code);
    }
  }

  private int receiveUntilClosed() throws IOException {
    for (Answer answer = first; answer.status() == OK; answer = ask()) {
      var body = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
      for (String line = next(body); line != null; line = next(body)) {
        OptionalInt closed = read(line);
        if (closed.isPresent()) {
          return closed.getAsInt();
        }
      }
      awaitTurn();
    }
    return CONNECTION_LOST;
  }

  private OptionalInt read(String line) {
    String frame = receiving.frame(line);
    return frame.isEmpty() ? OptionalInt.empty() : frames.read(frame);
  }

  @SuppressWarnings("NullAway") // null is the end, as BufferedReader has it
  private String next(BufferedReader body) throws IOException {
    mayRead.acquireUninterruptibly();
    mayRead.release();
    return body.readLine();
  }

  private void awaitTurn() throws IOException {
    mayRead.acquireUninterruptibly();
    mayRead.release();
    try {
      if (isSilent && brokenOff.await(SILENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("Broken off");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted", e);
    }
  }
}
