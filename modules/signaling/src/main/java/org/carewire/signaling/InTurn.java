package org.carewire.signaling;

import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Does one thing after the other for each key. Used on one event loop only. */
final class InTurn<K> {
  private final Map<K, Future<?>> last = new HashMap<>();

  <T> Future<T> take(K key, Supplier<Future<T>> step) {
    Future<?> before = last.getOrDefault(key, Future.succeededFuture());
    Future<T> mine = before.transform(_ -> step.get());
    last.put(key, mine);
    mine.onComplete(_ -> last.remove(key, mine));
    return mine;
  }
}
