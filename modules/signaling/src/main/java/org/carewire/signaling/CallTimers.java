package org.carewire.signaling;

import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.carewire.protocol.CallId;

/**
 * The next deadline of each call that was changed here last. Where it is missed, as the node dies,
 * another one sweeps it up. Used on one event loop only.
 */
final class CallTimers {
  private final Vertx vertx;
  private final Clock clock;
  private final Consumer<Call> due;
  private final Map<CallId, Long> timers = new HashMap<>();

  CallTimers(Vertx vertx, Clock clock, Consumer<Call> due) {
    this.vertx = vertx;
    this.clock = clock;
    this.due = due;
  }

  void set(Call call) {
    cancel(call.id());
    call.dueAt()
        .ifPresent(
            at -> {
              long ms = Math.max(1, Duration.between(clock.instant(), at).toMillis() + 1);
              timers.put(call.id(), vertx.setTimer(ms, timer -> fire(call, timer)));
            });
  }

  private void fire(Call call, long timer) {
    timers.remove(call.id(), timer);
    due.accept(call);
  }

  void cancel(CallId call) {
    Long timer = timers.remove(call);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }
}
