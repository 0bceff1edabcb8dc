package org.carewire.server;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a stop: one that fails or takes too long does not keep the others from coming. */
final class StopSteps {
  private static final Logger log = LoggerFactory.getLogger(StopSteps.class);

  /** What is left for each of the steps that follow one which takes all the time. */
  private static final long LEAST_MS = 100;

  private static final int MOST_STEPS = 10;

  private final long deadline;

  /**
   * Begins now.
   *
   * @param limit of all together
   */
  StopSteps(Duration limit) {
    this.deadline = System.nanoTime() + limit.toNanos() - MOST_STEPS * LEAST_MS * 1_000_000;
  }

  void await(String name, Future<?> step) {
    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    try {
      AsyncResult<?> done =
          step.<AsyncResult<?>>transform(Future::succeededFuture)
              .await(Math.max(LEAST_MS, left), TimeUnit.MILLISECONDS);
      if (done.failed()) {
        tell(name, done.cause());
      }
    } catch (TimeoutException e) {
      tell(name, e);
    }
  }

  private static void tell(String step, Throwable cause) {
    log.atWarn()
        .addKeyValue("step", step)
        .addKeyValue("cause", cause.getClass().getSimpleName())
        .log("node.stopStepFailed");
  }
}
