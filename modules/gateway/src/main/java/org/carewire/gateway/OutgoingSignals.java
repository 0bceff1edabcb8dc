package org.carewire.gateway;

import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.carewire.protocol.Done;
import org.carewire.protocol.SignalCall;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** The signals of one session that are not answered yet: for each recipient in order. */
final class OutgoingSignals {
  private static final int MAX_WAITING = 100;

  /**
   * One of them.
   *
   * @param repeatedUntil no attempt begins from then on
   */
  record Outgoing(SignalCall signal, Instant repeatedUntil, Promise<Done> answer) {}

  /** The first of each is under way. */
  private final Map<UserId, Queue<Outgoing>> lanes = new HashMap<>(2);

  private long lastNumber;
  private int unanswered;

  boolean isFull() {
    return unanswered - lanes.size() >= MAX_WAITING;
  }

  long nextNumber() {
    return ++lastNumber;
  }

  /** Answers whether it is to be sent now, as no other one is on its way to the recipient. */
  boolean add(Outgoing signal) {
    unanswered++;
    Queue<Outgoing> lane =
        lanes.computeIfAbsent(signal.signal().recipient(), _ -> new ArrayDeque<>(2));
    lane.add(signal);
    return lane.size() == 1;
  }

  /** The signal, which is the first of its recipient, is done with; answers the next one. */
  @Nullable Outgoing next(Outgoing done) {
    unanswered--;
    UserId recipient = done.signal().recipient();
    Queue<Outgoing> lane = lanes.getOrDefault(recipient, new ArrayDeque<>(0));
    lane.remove();
    if (lane.isEmpty()) {
      lanes.remove(recipient);
    }
    return lane.peek();
  }
}
