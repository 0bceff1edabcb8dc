package org.carewire.rooms;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.carewire.protocol.ReceiptMoved;
import org.carewire.rooms.ReceiptStore.Request;

/** A {@link ReceiptQueue} on its event loop, to be used from any thread. */
final class LoopReceipts extends VerticleBase {
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Queue<ReceiptMoved> moved = new ConcurrentLinkedQueue<>();
  private final ReceiptQueue queue;

  LoopReceipts(Vertx vertx, Pool pool) {
    queue = new ReceiptQueue(vertx, new ReceiptStore(pool), metrics, (_, move) -> moved.add(move));
  }

  Future<Marked> mark(Request request) {
    return markAll(List.of(request)).getFirst();
  }

  /** Marks in one go, so that all are in one batch. */
  List<Future<Marked>> markAll(List<Request> requests) {
    List<Promise<Marked>> outcomes = requests.stream().map(_ -> Promise.<Marked>promise()).toList();
    context.runOnContext(
        _ -> {
          for (int i = 0; i < requests.size(); i++) {
            Request request = requests.get(i);
            queue.mark(request.caller(), request.command()).onComplete(outcomes.get(i));
          }
        });
    return outcomes.stream().map(Promise::future).toList();
  }

  Future<?> close() {
    Promise<Void> closed = Promise.promise();
    context.runOnContext(_ -> queue.close().<Void>mapEmpty().onComplete(closed));
    return closed.future();
  }

  /** What has moved since this was last asked. */
  List<ReceiptMoved> takeMoved() {
    var taken = List.copyOf(moved);
    moved.removeAll(taken);
    return taken;
  }

  DistributionSummary batches() {
    return metrics.get("carewire.receipts.batch.size").summary();
  }

  double count(String kind) {
    return metrics.get("carewire.receipts").tag("kind", kind).counter().count();
  }
}
