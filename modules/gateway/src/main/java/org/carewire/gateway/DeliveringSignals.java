package org.carewire.gateway;

import io.vertx.core.Future;
import org.carewire.protocol.Caller;
import org.carewire.protocol.DeliverSignal;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SignalDelivered;

/** Brings {@code call:signal} to the sessions of one gateway instance, each signal once. */
final class DeliveringSignals {
  private final Sessions sessions;

  DeliveringSignals(Sessions sessions) {
    this.sessions = sessions;
  }

  /**
   * Sends a signal to its session.
   *
   * @param caller whose signal it is
   */
  Future<SignalDelivered> deliver(Caller caller, DeliverSignal signal) {
    Session session = sessions.find(signal.recipient());
    Caller recipient = session == null ? null : session.caller();
    if (session == null
        || recipient == null
        || !recipient.tenant().equals(caller.tenant())
        || !session.isOpen()) {
      return Future.succeededFuture(new SignalDelivered(false));
    }
    if (session.beginCalls().isNews(signal.sender(), signal.number())) {
      session.send(new OutboundEvent(ServerEvent.CALL_SIGNAL, signal.data()));
    }
    // It may have been too slow for it.
    return Future.succeededFuture(new SignalDelivered(session.isOpen()));
  }
}
