package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;

/**
 * Asks a service about many sessions: a few at once, so that it is not flooded when all come
 * together, and again after a pause where it could not answer.
 *
 * @param <Q> a question; one that waits already is not asked twice
 */
final class AskingInTurn<Q> {
  private static final long PAUSE_MS = 1_000;

  private final Vertx vertx;
  private final int atOnce;
  private final Predicate<Q> isMoot;
  private final Function<Q, Future<?>> asking;
  private final Set<Q> waiting = new LinkedHashSet<>();
  private int asked;
  private boolean pausing;

  /**
   * Nobody is asked yet.
   *
   * @param isMoot whether nobody needs the answer any more
   */
  AskingInTurn(Vertx vertx, int atOnce, Predicate<Q> isMoot, Function<Q, Future<?>> asking) {
    this.vertx = vertx;
    this.atOnce = atOnce;
    this.isMoot = isMoot;
    this.asking = asking;
  }

  static boolean isUnavailable(Throwable failure) {
    return failure instanceof Refusal refusal && refusal.code() == ErrorCode.UNAVAILABLE;
  }

  void ask(Q question) {
    waiting.add(question);
    askOn();
  }

  /** The question was asked just now and not answered. */
  void askAgain(Q question) {
    waiting.add(question);
    if (!pausing) {
      pausing = true;
      vertx.setTimer(
          PAUSE_MS,
          _ -> {
            pausing = false;
            askOn();
          });
    }
  }

  private void askOn() {
    while (!pausing && asked < atOnce && !waiting.isEmpty()) {
      Q next = waiting.iterator().next();
      waiting.remove(next);
      if (!isMoot.test(next)) {
        askNow(next);
      }
    }
  }

  private void askNow(Q question) {
    asked++;
    asking
        .apply(question)
        .onFailure(
            failure -> {
              if (isUnavailable(failure)) {
                askAgain(question);
              }
            })
        .onComplete(
            _ -> {
              asked--;
              askOn();
            });
  }
}
