package org.carewire.rooms;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Pool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import org.carewire.platform.Conflicts;
import org.carewire.platform.Outage;
import org.carewire.protocol.Refusal;

/**
 * Appends of one service instance, in batches: one is in flight, and all that waits goes with the
 * next. Used on one event loop only. One bad append does not fail its neighbours.
 */
public final class AppendQueue {
  private static final int CAPACITY = 10_000;
  private static final int MAX_BATCH = 500;

  private record Waiting(Append append, Promise<Appended> outcome) {}

  private final Pool pool;
  private final RoomLog log;
  private final DistributionSummary batchSizes;
  private final Queue<Waiting> queue = new ArrayDeque<>();
  private boolean inFlight;

  public AppendQueue(Pool pool, RoomLog log, MeterRegistry metrics) {
    this.pool = pool;
    this.log = log;
    this.batchSizes = metrics.summary("carewire.append.batch.size");
  }

  /**
   * Stores an entry; the future completes once it is committed.
   *
   * @return fails with {@code UNAVAILABLE} where too many wait
   */
  public Future<Appended> append(Append append) {
    if (queue.size() >= CAPACITY) {
      return Future.failedFuture(Refusal.unavailable("Too many messages wait to be stored"));
    }
    Promise<Appended> outcome = Promise.promise();
    queue.add(new Waiting(append, outcome));
    next();
    return outcome.future();
  }

  private void next() {
    if (inFlight || queue.isEmpty()) {
      return;
    }
    inFlight = true;
    List<Waiting> batch = takeBatch();
    batchSizes.record(batch.size());
    storeOrSplit(batch)
        .onComplete(
            _ -> {
              inFlight = false;
              next();
            });
  }

  /** Ends before a second append of the same name, which then finds the first one stored. */
  private List<Waiting> takeBatch() {
    var batch = new ArrayList<Waiting>();
    var names = new HashSet<Append.Name>();
    while (!queue.isEmpty() && batch.size() < MAX_BATCH) {
      Append.Name name = queue.element().append().name();
      if (name != null && !names.add(name)) {
        break;
      }
      batch.add(queue.remove());
    }
    return batch;
  }

  private Future<?> storeOrSplit(List<Waiting> batch) {
    return store(batch, Conflicts.ATTEMPTS)
        .onSuccess(
            outcomes -> {
              for (int i = 0; i < batch.size(); i++) {
                batch.get(i).outcome().complete(outcomes.get(i));
              }
            })
        .recover(failure -> split(batch, failure));
  }

  /** After a failure that may be one append's own, each is tried alone, in order. */
  private Future<List<Appended>> split(List<Waiting> batch, Throwable failure) {
    if (batch.size() == 1 || Outage.is(failure)) {
      batch.forEach(waiting -> waiting.outcome().fail(failure));
      return Future.succeededFuture(List.of());
    }
    Future<?> done = Future.succeededFuture();
    for (Waiting waiting : batch) {
      done = done.compose(_ -> storeOrSplit(List.of(waiting)));
    }
    return done.map(_ -> List.of());
  }

  private Future<List<Appended>> store(List<Waiting> batch, int attemptsLeft) {
    List<Append> appends = batch.stream().map(Waiting::append).toList();
    return pool.withConnection(
            connection -> RoomLogStore.atOnce(connection, () -> log.append(connection, appends)))
        .recover(
            failure ->
                attemptsLeft > 1 && Conflicts.is(failure)
                    ? store(batch, attemptsLeft - 1)
                    : Future.failedFuture(failure));
  }
}
