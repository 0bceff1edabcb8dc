package org.carewire.rooms;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.carewire.platform.Conflicts;
import org.carewire.platform.Faults;
import org.carewire.platform.Outage;
import org.carewire.protocol.Caller;
import org.carewire.rooms.DeviceCursorStore.Cursor;
import org.carewire.rooms.DeviceCursorStore.DeviceRoom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What devices have acknowledged: kept for a moment, of each device and room the highest, then
 * written together; kept on while PostgreSQL is away. What is lost here is sent to the device
 * again, which drops it. Used on one event loop only.
 */
public final class DeviceCursors {
  private static final Logger log = LoggerFactory.getLogger(DeviceCursors.class);
  private static final long FLUSH_MS = 800;
  private static final int CAPACITY = 100_000;
  private static final int BATCH = 1_000;

  private final Vertx vertx;
  private final Pool pool;
  private final Counter dropped;
  private final Map<DeviceRoom, Long> unwritten = new LinkedHashMap<>();
  private boolean scheduled;
  private Future<?> writing = Future.succeededFuture();

  public DeviceCursors(Vertx vertx, Pool pool, MeterRegistry metrics) {
    this.vertx = vertx;
    this.pool = pool;
    this.dropped = metrics.counter("carewire.cursors.dropped");
  }

  /** The caller's device has acknowledged everything in the room up to an offset. */
  public void reached(Caller caller, long roomKey, long offset) {
    if (caller.device() != null && offset > 0) {
      keep(
          new Cursor(
              new DeviceRoom(caller.tenant(), caller.user(), caller.device(), roomKey), offset));
      schedule();
    }
  }

  private void keep(Cursor cursor) {
    if (unwritten.size() < CAPACITY || unwritten.containsKey(cursor.of())) {
      unwritten.merge(cursor.of(), cursor.offset(), Math::max);
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
            flush();
          });
    }
  }

  /** Writes what is there now; what comes meanwhile waits for the next time. */
  private Future<?> flush() {
    if (!writing.isComplete()) {
      return writing;
    }
    var cursors = new ArrayList<Cursor>(unwritten.size());
    unwritten.forEach((of, offset) -> cursors.add(new Cursor(of, offset)));
    unwritten.clear();
    Future<?> written = Future.succeededFuture();
    for (int from = 0; from < cursors.size(); from += BATCH) {
      var batch = cursors.subList(from, Math.min(from + BATCH, cursors.size()));
      written = written.compose(_ -> write(batch));
    }
    writing = written;
    return written.onComplete(_ -> schedule());
  }

  private Future<?> write(List<Cursor> batch) {
    return DeviceCursorStore.write(pool, batch)
        .otherwise(
            failure -> {
              failed(batch, failure);
              return null;
            });
  }

  private void failed(List<Cursor> batch, Throwable failure) {
    if (Outage.is(failure) || Conflicts.is(failure)) {
      log.atWarn()
          .addKeyValue("cause", failure.getClass().getSimpleName())
          .addKeyValue("cursors", batch.size())
          .log("cursors.delayed");
      batch.forEach(this::keep);
    } else {
      log.atError()
          .addKeyValue("cursors", batch.size())
          .setCause(Faults.withoutTexts(failure))
          .log("cursors.refused");
      dropped.increment(batch.size());
    }
  }

  /** Writes what is left, as far as PostgreSQL takes it. */
  public Future<?> close() {
    return writing.compose(_ -> flush());
  }
}
