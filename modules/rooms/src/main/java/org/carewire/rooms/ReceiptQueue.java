package org.carewire.rooms;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.BiConsumer;
import org.carewire.platform.Conflicts;
import org.carewire.protocol.Caller;
import org.carewire.protocol.MarkMessages;
import org.carewire.protocol.ReceiptMoved;
import org.carewire.protocol.Refusal;
import org.carewire.rooms.ReceiptStore.Request;

/**
 * Receipts of one service instance, in batches: what comes within 50 ms is stored by one statement,
 * and one is in flight. Receipts only move up, so all of it may be tried again. Used on one event
 * loop only.
 */
public final class ReceiptQueue {
  private static final long GATHER_MS = 50;
  private static final int CAPACITY = 10_000;
  private static final int CAPACITY_IDS = 100_000;
  private static final int MAX_BATCH = 1_000;
  private static final int MAX_BATCH_IDS = 5_000;

  private record Waiting(Request request, Promise<Marked> outcome) {
    int ids() {
      return request.command().messages().size();
    }
  }

  private final Vertx vertx;
  private final ReceiptStore store;
  private final BiConsumer<Caller, ReceiptMoved> onMoved;
  private final DistributionSummary batchSizes;
  private final Counter delivered;
  private final Counter read;
  private final Queue<Waiting> queue = new ArrayDeque<>();
  private int waitingIds;
  private boolean gathering;
  private Future<?> flight = Future.succeededFuture();

  /**
   * A queue that nothing waits in.
   *
   * @param onMoved is told of each receipt that has moved, once it is committed, with one of those
   *     who moved it; once for each user and room of a batch
   */
  public ReceiptQueue(
      Vertx vertx,
      ReceiptStore store,
      MeterRegistry metrics,
      BiConsumer<Caller, ReceiptMoved> onMoved) {
    this.vertx = vertx;
    this.store = store;
    this.onMoved = onMoved;
    this.batchSizes = metrics.summary("carewire.receipts.batch.size");
    this.delivered = metrics.counter("carewire.receipts", "kind", "delivered");
    this.read = metrics.counter("carewire.receipts", "kind", "read");
  }

  /**
   * Moves receipts; the future completes once that is committed.
   *
   * @return fails with {@code UNAVAILABLE} where too many wait
   */
  public Future<Marked> mark(Caller caller, MarkMessages command) {
    var waiting = new Waiting(new Request(caller, command), Promise.promise());
    if (queue.size() >= CAPACITY || waitingIds + waiting.ids() > CAPACITY_IDS) {
      return Future.failedFuture(Refusal.unavailable("Too many receipts wait to be stored"));
    }
    if (queue.isEmpty()) {
      gathering = true;
      vertx.setTimer(
          GATHER_MS,
          _ -> {
            gathering = false;
            next();
          });
    }
    queue.add(waiting);
    waitingIds += waiting.ids();
    return waiting.outcome().future();
  }

  private void next() {
    if (gathering || !flight.isComplete() || queue.isEmpty()) {
      return;
    }
    List<Waiting> batch = takeBatch();
    batchSizes.record(batch.size());
    flight = store(batch).onComplete(_ -> next());
  }

  private List<Waiting> takeBatch() {
    var batch = new ArrayList<Waiting>();
    int ids = 0;
    while (!queue.isEmpty()
        && batch.size() < MAX_BATCH
        && (batch.isEmpty() || ids + queue.element().ids() <= MAX_BATCH_IDS)) {
      Waiting waiting = queue.remove();
      ids += waiting.ids();
      batch.add(waiting);
    }
    waitingIds -= ids;
    return batch;
  }

  private Future<?> store(List<Waiting> batch) {
    List<Request> requests = batch.stream().map(Waiting::request).toList();
    return attempt(requests, Conflicts.ATTEMPTS)
        .onSuccess(
            result -> {
              result.moved().forEach(this::moved);
              for (int i = 0; i < batch.size(); i++) {
                batch.get(i).outcome().complete(result.outcomes().get(i));
              }
            })
        .onFailure(failure -> batch.forEach(waiting -> waiting.outcome().fail(failure)));
  }

  private Future<ReceiptStore.Result> attempt(List<Request> requests, int attemptsLeft) {
    return store
        .mark(requests)
        .recover(
            failure ->
                attemptsLeft > 1 && Conflicts.is(failure)
                    ? attempt(requests, attemptsLeft - 1)
                    : Future.failedFuture(failure));
  }

  private void moved(ReceiptStore.Move move) {
    ReceiptMoved moved = move.moved();
    if (moved.delivered() > moved.deliveredBefore()) {
      delivered.increment();
    }
    if (moved.read() > moved.readBefore()) {
      read.increment();
    }
    onMoved.accept(move.by(), moved);
  }

  /** Stores what waits, as far as PostgreSQL takes it. */
  public Future<?> close() {
    gathering = false;
    next();
    return flight
        .otherwiseEmpty()
        .compose(_ -> queue.isEmpty() ? Future.succeededFuture() : close());
  }
}
