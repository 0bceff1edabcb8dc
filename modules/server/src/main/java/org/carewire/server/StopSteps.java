package org.carewire.server;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a stop: one that fails or takes too long does not keep the others from coming. */
final class StopSteps {
  private static final Logger log = LoggerFactory.getLogger(StopSteps.class);

  /** What each step may take, even where the time of all is over. */
  private static final long LEAST_MS = 200;

  private final long deadline;

  /**
   * Begins now.
   *
   * @param limit of all together
   */
  StopSteps(Duration limit) {
    this.deadline = System.nanoTime() + limit.toNanos();
  }

  void await(String name, Future<?> step) {
    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    try {
      var _ = step.await(Math.max(LEAST_MS, left), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | RuntimeException e) {
      log.atWarn()
          .addKeyValue("step", name)
          .addKeyValue("cause", e.getClass().getSimpleName())
          .log("node.stopStepFailed");
    }
  }
}
