package org.carewire.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.carewire.gateway.GatewayConfig.Algorithm;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** A verifier of tokens and its keys, as a node has them. */
final class Verifying implements AutoCloseable {
  static final String ISSUER = "https://identity.example";
  static final String AUDIENCE = "carewire";

  /** What is answered where the token was good. */
  static final String GOOD = "good";

  /** What is answered where nobody can tell. */
  static final String UNAVAILABLE = "UNAVAILABLE";

  private static final long DEADLINE_SECONDS = 15;
  private static final long PAUSE_NANOS = 5_000_000;
  private static final Clock REAL = Clock.systemUTC();

  final TokenKeys keys;
  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final TokenVerifier verifier;

  private Verifying(
      @Nullable String secret, URI jwks, Set<Algorithm> algorithms, boolean strict, Clock clock) {
    var config =
        new GatewayConfig.Tokens(
            secret,
            jwks,
            algorithms,
            strict ? ISSUER : null,
            strict ? AUDIENCE : null,
            Duration.ofSeconds(30));
    keys = new TokenKeys(vertx, jwks, algorithms, clock, metrics);
    verifier = new TokenVerifier(vertx, config, keys, clock);
  }

  /** Believes both algorithms of the JWKS, and HS256 where there is a secret. */
  static Verifying of(@Nullable String secret, URI jwks) {
    return new Verifying(secret, jwks, EnumSet.allOf(Algorithm.class), false, REAL);
  }

  static Verifying only(Algorithm algorithm, URI jwks) {
    return new Verifying(null, jwks, EnumSet.of(algorithm), false, REAL);
  }

  /** Believes both algorithms of the JWKS, at the time that the clock says. */
  static Verifying at(Clock clock, URI jwks) {
    return new Verifying(null, jwks, EnumSet.allOf(Algorithm.class), false, clock);
  }

  /** Looks at {@code iss} and {@code aud}. */
  static Verifying strict(URI jwks) {
    return new Verifying(null, jwks, EnumSet.allOf(Algorithm.class), true, REAL);
  }

  Verifying started() {
    await(keys.start());
    return this;
  }

  /** {@link #GOOD}, {@link #UNAVAILABLE}, or the text of the refusal. */
  String verify(String token) {
    return await(ask(token));
  }

  /** The same, to be awaited. */
  Future<String> ask(String token) {
    return verifier
        .verify(token)
        .map(GOOD)
        .recover(
            failure ->
                failure instanceof Refusal refusal
                    ? Future.succeededFuture(
                        refusal.code().retryable() ? refusal.code().name() : refusal.text())
                    : Future.failedFuture(failure));
  }

  /** How often the keys were read with this outcome. */
  int reads(String outcome) {
    Counter counter = metrics.find("carewire.tokens.key.reads").tag("outcome", outcome).counter();
    return counter == null ? 0 : (int) counter.count();
  }

  void awaitRead(String outcome, int times) {
    until("reads " + outcome, () -> reads(outcome) >= times);
  }

  static void until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Never: " + what);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("Nothing within " + DEADLINE_SECONDS + " s", e);
    }
  }

  static Throwable failure(Future<?> future) {
    return Objects.requireNonNull(
        await(
            future
                .<Throwable>map(result -> new AssertionError("Succeeded with " + result))
                .recover(Future::succeededFuture)));
  }

  @Override
  public void close() {
    keys.close();
    await(vertx.close());
  }
}
