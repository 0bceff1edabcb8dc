package org.carewire.signaling;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.carewire.platform.Faults;
import org.carewire.platform.Outage;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallMetrics;
import org.carewire.protocol.UserId;
import org.carewire.signaling.QualityStore.Sample;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores what participants report, once a second and of each the last of that second. A summary of
 * many samples is hardly worse for one that is missing, so none is kept over an outage. Used on one
 * event loop only.
 */
final class QualitySamples {
  private static final Logger log = LoggerFactory.getLogger(QualitySamples.class);
  private static final int CAPACITY = 10_000;
  private static final long DELAY_MS = 1_000;

  private final Vertx vertx;
  private final Pool pool;
  private final Counter dropped;
  private final Map<Reporter, Sample> unwritten = new LinkedHashMap<>();
  private boolean scheduled;
  private Future<?> writing = Future.succeededFuture();

  private record Reporter(CallId call, UserId user) {}

  QualitySamples(Vertx vertx, Pool pool, MeterRegistry metrics) {
    this.vertx = vertx;
    this.pool = pool;
    this.dropped = metrics.counter("carewire.calls.samples.dropped");
  }

  void add(CallId call, UserId user, CallMetrics metrics) {
    var reporter = new Reporter(call, user);
    if (unwritten.size() >= CAPACITY && !unwritten.containsKey(reporter)) {
      dropped.increment();
      return;
    }
    unwritten.put(reporter, new Sample(call, user, metrics));
    schedule();
  }

  private void schedule() {
    if (!scheduled && writing.isComplete() && !unwritten.isEmpty()) {
      scheduled = true;
      vertx.setTimer(
          DELAY_MS,
          _ -> {
            scheduled = false;
            write();
          });
    }
  }

  private Future<?> write() {
    if (writing.isComplete() && !unwritten.isEmpty()) {
      List<Sample> samples = List.copyOf(unwritten.values());
      unwritten.clear();
      writing =
          QualityStore.write(pool, samples)
              .onFailure(failure -> failed(samples.size(), failure))
              .otherwiseEmpty()
              .onComplete(_ -> schedule());
    }
    return writing;
  }

  private void failed(int samples, Throwable failure) {
    dropped.increment(samples);
    if (Outage.is(failure)) {
      log.atWarn()
          .addKeyValue("cause", failure.getClass().getSimpleName())
          .addKeyValue("rows", samples)
          .log("samples.dropped");
    } else {
      log.atError()
          .addKeyValue("rows", samples)
          .setCause(Faults.withoutTexts(failure))
          .log("samples.refused");
    }
  }

  /** Writes what is left, as far as PostgreSQL takes it. */
  Future<?> close() {
    return writing.compose(_ -> write());
  }
}
