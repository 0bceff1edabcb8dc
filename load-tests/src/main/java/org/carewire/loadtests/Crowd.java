package org.carewire.loadtests;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/** Sessions that come back when they are lost, on the one thread that turns it. */
final class Crowd implements AutoCloseable {
  private static final int AT_ONCE = 100;
  private static final int STEP_SECONDS = 60;
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final ClientLoop loop = new ClientLoop();
  private final Returns returns;
  private final LongConsumer eachTurn;

  /**
   * Nobody is in it yet.
   *
   * @param eachTurn done before what has come is read, and given the time
   */
  Crowd(Bench bench, LongConsumer eachTurn) {
    this.returns = new Returns(loop, bench.servers());
    this.eachTurn = eachTurn;
  }

  Returns returns() {
    return returns;
  }

  /** All of them do it, a hundred at once, and those are waited for. */
  <S extends ReturningSession> void inTurn(List<S> all, Consumer<S> doing, Predicate<S> done) {
    for (int i = 0; i < all.size(); i += AT_ONCE) {
      List<S> next = all.subList(i, Math.min(all.size(), i + AT_ONCE));
      next.forEach(doing);
      if (!turnUntil(() -> next.stream().allMatch(done), STEP_SECONDS)) {
        throw new IllegalStateException("Not all sessions could do it in time");
      }
    }
  }

  private void turn() {
    long now = System.nanoTime();
    eachTurn.accept(now);
    returns.turn(now);
    loop.turn(TURN_NANOS);
  }

  /** Turns until it is so, at most that long; whether it is. */
  boolean turnUntil(BooleanSupplier done, long seconds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      turn();
    }
    return true;
  }

  void turnFor(long seconds) {
    turnUntil(() -> false, seconds);
  }

  @Override
  public void close() {
    loop.close();
  }
}
