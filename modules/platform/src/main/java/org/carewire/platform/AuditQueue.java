package org.carewire.platform;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audit events that belong to no transaction and come in any number, such as failed
 * authentications: written in batches, kept while PostgreSQL is away, counted where there are too
 * many to keep.
 */
public final class AuditQueue {
  private static final Logger log = LoggerFactory.getLogger(AuditQueue.class);
  private static final int CAPACITY = 10_000;
  private static final int BATCH = 500;
  private static final long FLUSH_MS = 200;

  private final Vertx vertx;
  private final Pool pool;
  private final Queue<AuditEvent> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final Counter dropped;
  private final long timer;
  private Future<?> writing = Future.succeededFuture();

  public AuditQueue(Vertx vertx, Pool pool, MeterRegistry metrics) {
    this.vertx = vertx;
    this.pool = pool;
    this.dropped = metrics.counter("carewire.audit.dropped");
    this.timer = vertx.setPeriodic(FLUSH_MS, _ -> flush());
  }

  public void add(AuditEvent event) {
    if (!queue.offer(event)) {
      dropped.increment();
    }
  }

  private synchronized Future<?> flush() {
    if (!writing.isComplete() || queue.isEmpty()) {
      return writing;
    }
    var batch = new ArrayList<AuditEvent>();
    while (batch.size() < BATCH && !queue.isEmpty()) {
      batch.add(queue.remove());
    }
    writing = AuditStore.write(pool, batch).onFailure(failure -> failed(batch, failure));
    return writing;
  }

  private void failed(List<AuditEvent> batch, Throwable failure) {
    if (Outage.is(failure)) {
      log.atWarn()
          .addKeyValue("cause", failure.getClass().getSimpleName())
          .addKeyValue("events", batch.size())
          .log("audit.delayed");
      batch.forEach(this::add);
    } else {
      log.atError()
          .addKeyValue("events", batch.size())
          .setCause(Faults.withoutTexts(failure))
          .log("audit.refused");
      dropped.increment(batch.size());
    }
  }

  /** Writes what is left, as far as PostgreSQL takes it. */
  public synchronized Future<?> close() {
    vertx.cancelTimer(timer);
    return writing
        .otherwiseEmpty()
        .compose(_ -> queue.isEmpty() ? Future.succeededFuture() : flush().compose(_ -> close()));
  }
}
