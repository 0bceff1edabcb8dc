package org.carewire.platform;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting for what must come. */
final class Awaiting {
  private static final long DEADLINE_SECONDS = 10;

  private Awaiting() {}

  static <T> T await(Future<T> future) {
    try {
      return future.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("Nothing within " + DEADLINE_SECONDS + " s", e);
    }
  }

  static Throwable failure(Future<?> future) {
    return await(
        future
            .<Throwable>map(result -> new AssertionError("Succeeded with " + result))
            .recover(Future::succeededFuture));
  }
}
