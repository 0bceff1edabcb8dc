package org.carewire.presence;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.carewire.platform.Conflicts;
import org.carewire.platform.Faults;
import org.carewire.platform.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When users were last seen who have gone: kept for a moment, then written together; kept on while
 * PostgreSQL is away. Used on one event loop only.
 */
final class LastSeenQueue {
  private static final Logger log = LoggerFactory.getLogger(LastSeenQueue.class);
  private static final long FLUSH_MS = 1_000;
  private static final int CAPACITY = 100_000;
  private static final int BATCH = 1_000;

  private final Vertx vertx;
  private final Pool pool;
  private final Counter dropped;
  private final Map<User, Instant> unwritten = new LinkedHashMap<>();
  private boolean scheduled;
  private Future<?> writing = Future.succeededFuture();

  LastSeenQueue(Vertx vertx, Pool pool, MeterRegistry metrics) {
    this.vertx = vertx;
    this.pool = pool;
    this.dropped = metrics.counter("carewire.lastseen.dropped");
  }

  void seen(User user, Instant at) {
    keep(user, at);
    schedule();
  }

  private void keep(User user, Instant at) {
    if (unwritten.size() < CAPACITY || unwritten.containsKey(user)) {
      unwritten.merge(user, at, (one, other) -> one.isAfter(other) ? one : other);
    } else {
      dropped.increment();
    }
  }

  private void schedule() {
    if (!scheduled && writing.isComplete() && !unwritten.isEmpty()) {
      scheduled = true;
      vertx.setTimer(
          FLUSH_MS,
          _ -> {
            scheduled = false;
            writing = write().onComplete(_ -> schedule());
          });
    }
  }

  /** Writes one batch; the rest waits for the next time. */
  private Future<?> write() {
    Map<User, Instant> batch = new HashMap<>();
    for (Iterator<Map.Entry<User, Instant>> all = unwritten.entrySet().iterator();
        all.hasNext() && batch.size() < BATCH; ) {
      Map.Entry<User, Instant> next = all.next();
      batch.put(next.getKey(), next.getValue());
      all.remove();
    }
    return batch.isEmpty()
        ? Future.succeededFuture()
        : LastSeenStore.write(pool, batch)
            .otherwise(
                failure -> {
                  failed(batch, failure);
                  return null;
                });
  }

  private void failed(Map<User, Instant> batch, Throwable failure) {
    if (Outage.is(failure) || Conflicts.is(failure)) {
      log.atWarn()
          .addKeyValue("cause", failure.getClass().getSimpleName())
          .addKeyValue("users", batch.size())
          .log("lastSeen.delayed");
      batch.forEach(this::keep);
    } else {
      log.atError()
          .addKeyValue("users", batch.size())
          .setCause(Faults.withoutTexts(failure))
          .log("lastSeen.refused");
      dropped.increment(batch.size());
    }
  }

  /** Writes what is left, as far as PostgreSQL takes it. */
  Future<?> close() {
    return writing.compose(_ -> writeAll());
  }

  private Future<?> writeAll() {
    int before = unwritten.size();
    return before == 0
        ? Future.succeededFuture()
        : write().compose(_ -> unwritten.size() < before ? writeAll() : Future.succeededFuture());
  }
}
