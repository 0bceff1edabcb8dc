package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.List;

/** An {@link AppendQueue} on its event loop, to be used from any thread. */
final class LoopQueue extends VerticleBase {
  private final AppendQueue queue;

  LoopQueue(AppendQueue queue) {
    this.queue = queue;
  }

  Future<Appended> append(Append append) {
    return appendAll(List.of(append)).getFirst();
  }

  /** Appends in one go, so that all but the first are in one batch. */
  List<Future<Appended>> appendAll(List<Append> appends) {
    List<Promise<Appended>> outcomes =
        appends.stream().map(_ -> Promise.<Appended>promise()).toList();
    context.runOnContext(
        _ -> {
          for (int i = 0; i < appends.size(); i++) {
            queue.append(appends.get(i)).onComplete(outcomes.get(i));
          }
        });
    return outcomes.stream().map(Promise::future).toList();
  }
}
