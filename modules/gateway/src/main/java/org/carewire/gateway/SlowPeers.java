package org.carewire.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.carewire.protocol.CloseCode;

/** Sessions of a gateway instance that wait for their peers to read, before they get more. */
final class SlowPeers {
  /** Since when a peer has read nothing of what waits for it. */
  private record Stall(long queuedBytes, Instant since) {}

  private final Duration timeout;
  private final Consumer<Following> goOn;
  private final Map<Following, Stall> waiting = new HashMap<>();

  /**
   * None yet.
   *
   * @param timeout a peer that reads nothing for so long is closed
   * @param goOn called for those whose peers have read enough
   */
  SlowPeers(Duration timeout, Consumer<Following> goOn) {
    this.timeout = timeout;
    this.goOn = goOn;
  }

  void add(Following following, Instant now) {
    waiting.putIfAbsent(following, new Stall(following.session().queuedBytes(), now));
  }

  void look(Instant now) {
    for (Following following : List.copyOf(waiting.keySet())) {
      Session session = following.session();
      if (!session.isOpen()) {
        waiting.remove(following);
      } else if (session.isDrained()) {
        waiting.remove(following);
        goOn.accept(following);
      } else {
        lookAtStalled(following, now);
      }
    }
  }

  private void lookAtStalled(Following following, Instant now) {
    Session session = following.session();
    Stall stall = waiting.get(following);
    if (stall == null || session.queuedBytes() < stall.queuedBytes()) {
      waiting.put(following, new Stall(session.queuedBytes(), now));
    } else if (now.isAfter(stall.since().plus(timeout))) {
      session.close(CloseCode.TOO_SLOW);
    }
  }
}
