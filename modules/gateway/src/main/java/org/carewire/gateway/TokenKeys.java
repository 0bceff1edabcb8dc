package org.carewire.gateway;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of the JWKS that tokens are verified with. They are read at the start, every five
 * minutes, and when a token wants one that is not held. Shared by all gateway instances of a node;
 * safe for all threads.
 *
 * <p>What is held is believed until another set has been read: a key server that is down, slow or
 * answers with anything else changes nothing, for however long.
 */
public final class TokenKeys {
  private static final Logger log = LoggerFactory.getLogger(TokenKeys.class);

  static final Duration REFRESH = Duration.ofMinutes(5);

  /** From the end of a read to the next, so that invented key ids cannot flood the key server. */
  static final Duration REST = Duration.ofSeconds(5);

  /** Tokens that wait for a read at once: each may have been sent by anybody. */
  static final int MAX_WAITING = 1_000;

  private static final long TIMEOUT_MS = 5_000;
  private static final long TICK_MS = 500;

  private final Vertx vertx;
  private final JwksSource source;
  private final Set<JWSAlgorithm> algorithms;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile @Nullable KeySet held;

  /** The last read, whether it is over or not. */
  private Future<KeySet> reading =
      Future.failedFuture(new KeysNotRead(KeysNotRead.Reason.UNREACHABLE));

  private Instant readAt = Instant.EPOCH;
  private long timer;
  private boolean closed;

  /**
   * Keys that have not been read yet.
   *
   * @param jwks where they are, as in {@link GatewayConfig.Tokens#jwks}
   */
  public TokenKeys(
      Vertx vertx,
      URI jwks,
      Set<GatewayConfig.Algorithm> algorithms,
      Clock clock,
      MeterRegistry metrics) {
    this.vertx = vertx;
    this.source = new JwksSource(vertx, jwks, TIMEOUT_MS);
    this.algorithms =
        algorithms.stream()
            .map(algorithm -> JWSAlgorithm.parse(algorithm.name()))
            .collect(Collectors.toUnmodifiableSet());
    this.clock = clock;
    this.metrics = metrics;
  }

  /**
   * Reads the keys and goes on to do so.
   *
   * @return done after the first read; fails with an {@link java.io.IOException} that says why
   *     where a file is of no use, but not because of a key server, which may come back
   */
  public Future<Void> start() {
    synchronized (this) {
      timer = vertx.setPeriodic(TICK_MS, _ -> tick());
    }
    Future<Void> first = newest().mapEmpty();
    return source.isFile() ? first : first.otherwiseEmpty();
  }

  public synchronized void close() {
    closed = true;
    vertx.cancelTimer(timer);
  }

  /** Whether any keys were ever read. */
  public boolean areHeld() {
    return held != null;
  }

  /**
   * What a token of this header may be verified with; nothing where there is no such key. A key
   * that is not held is looked for in a new read, unless the last one was a moment ago.
   *
   * @return fails with {@code UNAVAILABLE} where the key is not held and the keys cannot be read
   */
  Future<List<JWSVerifier>> fitting(JWSHeader header) {
    if (!algorithms.contains(header.getAlgorithm())) {
      return Future.succeededFuture(List.of());
    }
    KeySet keys = held;
    List<JWSVerifier> fitting = keys == null ? List.of() : keys.fitting(header);
    return fitting.isEmpty() ? waitFor(header) : Future.succeededFuture(fitting);
  }

  private Future<List<JWSVerifier>> waitFor(JWSHeader header) {
    Future<KeySet> newest =
        waiting.incrementAndGet() > MAX_WAITING
            ? Future.failedFuture("Too many wait already")
            : newest();
    return newest
        .onComplete(_ -> waiting.decrementAndGet())
        .transform(
            read ->
                read.succeeded()
                    ? Future.succeededFuture(read.result().fitting(header))
                    : Future.failedFuture(
                        Refusal.unavailable("Tokens cannot be verified now, try again")));
  }

  /** The outcome of the last read where that was a moment ago, else of a new one. */
  private synchronized Future<KeySet> newest() {
    readIfOlderThan(REST);
    return reading;
  }

  private synchronized void tick() {
    readIfOlderThan(reading.succeeded() ? REFRESH : REST);
  }

  private void readIfOlderThan(Duration age) {
    Duration since = Duration.between(readAt, clock.instant());
    // Negative where the clock was set back.
    boolean isOld = since.isNegative() || since.compareTo(age) >= 0;
    if (reading.isComplete() && isOld && !closed) {
      Promise<KeySet> read = Promise.promise();
      reading = read.future();
      source
          .read()
          .compose(this::parse)
          .onComplete(
              (keys, failure) -> {
                if (failure == null) {
                  hold(keys);
                } else {
                  report(failure);
                }
                noteEnd();
                read.complete(keys, failure);
              });
    }
  }

  private Future<KeySet> parse(Buffer json) {
    try {
      return Future.succeededFuture(KeySet.parse(json.getBytes(), algorithms));
    } catch (KeysNotRead e) {
      return Future.failedFuture(e);
    }
  }

  private synchronized void noteEnd() {
    readAt = clock.instant();
  }

  private void hold(KeySet keys) {
    boolean isNew = !keys.isSameAs(held);
    count("read");
    held = keys;
    if (isNew) {
      log.atInfo()
          .addKeyValue("keys", keys.keys().size())
          .addKeyValue("ignored", keys.ignored())
          .log("tokens.keysRead");
    }
  }

  private void report(Throwable failure) {
    String reason = failure instanceof KeysNotRead notRead ? notRead.reason().label() : "fault";
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    count(reason);
    log.atWarn()
        .addKeyValue("reason", reason)
        .addKeyValue("cause", cause.getClass().getSimpleName())
        .log("tokens.keysNotRead");
  }

  private void count(String outcome) {
    metrics.counter("carewire.tokens.key.reads", "outcome", outcome).increment();
  }
}
