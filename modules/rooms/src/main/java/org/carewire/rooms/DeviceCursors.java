package org.carewire.rooms;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import org.carewire.platform.HighWaterMarks;
import org.carewire.protocol.Caller;
import org.carewire.rooms.DeviceCursorStore.DeviceRoom;

/**
 * What devices have acknowledged, written a moment later. What is lost here is sent to the device
 * again, which drops it. Used on one event loop only.
 */
public final class DeviceCursors {
  private static final Duration DELAY = Duration.ofMillis(800);

  private final HighWaterMarks<DeviceRoom, Long> offsets;

  public DeviceCursors(Vertx vertx, Pool pool, MeterRegistry metrics) {
    this.offsets =
        new HighWaterMarks<>(
            vertx,
            "cursors",
            DELAY,
            metrics.counter("carewire.cursors.dropped"),
            cursors -> DeviceCursorStore.write(pool, cursors));
  }

  /** The caller's device has acknowledged everything in the room up to an offset. */
  public void reached(Caller caller, long roomKey, long offset) {
    if (caller.device() != null && offset > 0) {
      offsets.reached(
          new DeviceRoom(caller.tenant(), caller.user(), caller.device(), roomKey), offset);
    }
  }

  /** Writes what is left, as far as PostgreSQL takes it. */
  public Future<?> close() {
    return offsets.close();
  }
}
