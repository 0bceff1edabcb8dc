package org.carewire.rooms;

import io.vertx.core.Promise;
import java.util.List;
import org.carewire.platform.Faults;
import org.carewire.rooms.RoomLogStore.RoomKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An append and who waits to hear what became of it. */
record WaitingAppend(Append append, Promise<Appended> outcome) {
  private static final Logger log = LoggerFactory.getLogger(WaitingAppend.class);

  static List<Append> appends(List<WaitingAppend> batch) {
    return batch.stream().map(WaitingAppend::append).toList();
  }

  RoomKey room() {
    return RoomKey.of(append);
  }

  void answer(Appended answer) {
    tell(() -> outcome.complete(answer));
  }

  void fail(Throwable failure) {
    tell(() -> outcome.fail(failure));
  }

  /** Whoever cannot take an answer must not keep the others of the batch from theirs. */
  private static void tell(Runnable answer) {
    try {
      answer.run();
    } catch (RuntimeException e) {
      log.atError().setCause(Faults.withoutTexts(e)).log("append.answerNotTaken");
    }
  }
}
