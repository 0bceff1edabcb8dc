package org.carewire.chat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.carewire.protocol.Caller;
import org.carewire.protocol.FindPositions;
import org.carewire.protocol.Positions;
import org.carewire.protocol.Refusal;
import org.carewire.rooms.PositionStore;

/**
 * Where sessions begin to read. Many may come at once, so the questions that come while one is
 * asked are asked together. Used on one event loop only.
 */
final class FindingPositions {
  private static final int CAPACITY = 10_000;
  private static final int MAX_BATCH = 500;

  private record Waiting(Caller caller, FindPositions command, Promise<Positions> outcome) {}

  private final PositionStore store;
  private final Queue<Waiting> queue = new ArrayDeque<>();
  private boolean inFlight;

  FindingPositions(PositionStore store) {
    this.store = store;
  }

  Future<Positions> find(Caller caller, FindPositions command) {
    if (queue.size() >= CAPACITY) {
      throw Refusal.unavailable("Too many sessions begin at once");
    }
    Promise<Positions> outcome = Promise.promise();
    queue.add(new Waiting(caller, command, outcome));
    next();
    return outcome.future();
  }

  private void next() {
    Waiting first = queue.peek();
    if (inFlight || first == null) {
      return;
    }
    inFlight = true;
    List<Waiting> batch = new ArrayList<>();
    while (!queue.isEmpty()
        && batch.size() < MAX_BATCH
        && queue.element().command().equals(first.command())) {
      batch.add(queue.remove());
    }
    store
        .find(batch.stream().map(Waiting::caller).toList(), first.command().rooms())
        .onComplete(
            done -> {
              for (int i = 0; i < batch.size(); i++) {
                if (done.succeeded()) {
                  batch.get(i).outcome().complete(new Positions(done.result().get(i)));
                } else {
                  batch.get(i).outcome().fail(done.cause());
                }
              }
              inFlight = false;
              next();
            });
  }
}
