package org.carewire.platform;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only moves up and may be written some time later: kept for a moment, of each key the highest
 * value, then written together; kept on while PostgreSQL is away. What is kept dies with the node.
 * Used on one event loop only.
 */
public final class HighWaterMarks<K, V extends Comparable<V>> {
  private static final Logger log = LoggerFactory.getLogger(HighWaterMarks.class);
  private static final int CAPACITY = 100_000;
  private static final int BATCH = 1_000;

  private final Vertx vertx;
  private final String name;
  private final Duration delay;
  private final Counter dropped;
  private final Function<Map<K, V>, Future<?>> writer;
  private final Map<K, V> unwritten = new LinkedHashMap<>();
  private boolean scheduled;
  private Future<?> writing = Future.succeededFuture();

  /**
   * With nothing to write.
   *
   * @param name of what is written, as the log has it
   * @param delay how long what comes waits for more
   * @param dropped counts what is lost, as there is too much of it, or PostgreSQL refuses it
   * @param writer writes so many keys at once; where a higher value is stored, that stays
   */
  public HighWaterMarks(
      Vertx vertx,
      String name,
      Duration delay,
      Counter dropped,
      Function<Map<K, V>, Future<?>> writer) {
    this.vertx = vertx;
    this.name = name;
    this.delay = delay;
    this.dropped = dropped;
    this.writer = writer;
  }

  public void reached(K key, V value) {
    keep(key, value);
    schedule();
  }

  private void keep(K key, V value) {
    if (unwritten.size() < CAPACITY || unwritten.containsKey(key)) {
      unwritten.merge(key, value, (one, other) -> one.compareTo(other) < 0 ? other : one);
    } else {
      dropped.increment();
    }
  }

  private void schedule() {
    if (!scheduled && writing.isComplete() && !unwritten.isEmpty()) {
      scheduled = true;
      vertx.setTimer(
          delay.toMillis(),
          _ -> {
            scheduled = false;
            flush();
          });
    }
  }

  /** Writes what is there now; what comes meanwhile, or fails, waits for the next time. */
  private Future<?> flush() {
    if (writing.isComplete()) {
      Future<?> written = Future.succeededFuture();
      for (int left = unwritten.size(); left > 0; left -= BATCH) {
        Map<K, V> batch = take();
        written = written.compose(_ -> write(batch));
      }
      writing = written;
      written.onComplete(_ -> schedule());
    }
    return writing;
  }

  private Map<K, V> take() {
    var batch = new LinkedHashMap<K, V>();
    Iterator<Map.Entry<K, V>> all = unwritten.entrySet().iterator();
    while (all.hasNext() && batch.size() < BATCH) {
      Map.Entry<K, V> next = all.next();
      batch.put(next.getKey(), next.getValue());
      all.remove();
    }
    return batch;
  }

  private Future<?> write(Map<K, V> batch) {
    return writer
        .apply(batch)
        .otherwise(
            failure -> {
              failed(batch, failure);
              return null;
            });
  }

  private void failed(Map<K, V> batch, Throwable failure) {
    if (Outage.is(failure) || Conflicts.is(failure)) {
      log.atWarn()
          .addKeyValue("cause", failure.getClass().getSimpleName())
          .addKeyValue("rows", batch.size())
          .log(name + ".delayed");
      batch.forEach(this::keep);
    } else {
      log.atError()
          .addKeyValue("rows", batch.size())
          .setCause(Faults.withoutTexts(failure))
          .log(name + ".refused");
      dropped.increment(batch.size());
    }
  }

  /** Writes what is left, as far as PostgreSQL takes it. */
  public Future<?> close() {
    return writing.compose(_ -> flush());
  }
}
