package org.carewire.notifications;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.carewire.protocol.Caller;
import org.carewire.protocol.DeadLetters;
import org.carewire.protocol.DeadLetters.DeadLetter;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.ReadDeadLetters;
import org.carewire.protocol.Refusal;

/** The pushes of the caller's tenant that were given up. */
final class ReadingDeadLetters {
  private final DeadLetterStore store;

  ReadingDeadLetters(DeadLetterStore store) {
    this.store = store;
  }

  Future<DeadLetters> read(Caller caller, ReadDeadLetters read) {
    if (!caller.isPlatform()) {
      throw Refusal.of(ErrorCode.ACCESS_DENIED, "Only services and admins may read these");
    }
    return store
        .read(caller.tenant(), read.before(), read.limit() + 1)
        .map(letters -> page(letters, read.limit()));
  }

  /** It ends between two times, so that the last one of it names where the next begins. */
  private static DeadLetters page(List<DeadLetter> letters, int limit) {
    if (letters.size() <= limit) {
      return new DeadLetters(letters, false);
    }
    Instant next = letters.getLast().givenUpAt();
    List<DeadLetter> before =
        letters.stream().filter(letter -> letter.givenUpAt().isAfter(next)).toList();
    return before.isEmpty() ? new DeadLetters(letters, true) : new DeadLetters(before, true);
  }
}
