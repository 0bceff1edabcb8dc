package org.carewire.chat;

import io.vertx.core.Future;
import org.carewire.protocol.Caller;
import org.carewire.protocol.FindTops;
import org.carewire.protocol.Tops;
import org.carewire.rooms.TopStore;

/** How far rooms have come, for gateways that may have missed something. */
final class FindingTops {
  private final TopStore store;

  FindingTops(TopStore store) {
    this.store = store;
  }

  Future<Tops> find(Caller caller, FindTops command) {
    return store.changedSince(command.since()).map(Tops::new);
  }
}
