package org.carewire.gateway;

import java.util.TreeSet;
import org.carewire.platform.Delivery;

/** What a session has been told of one call. */
final class ToldOfCall {
  /** Notices come a few seconds late at most; what is older than so many others was told. */
  private static final int NUMBERS_REMEMBERED = 64;

  private final TreeSet<Long> numbers = new TreeSet<>();
  private long oldest = Long.MIN_VALUE;
  private boolean ended;

  /** Takes note of a notice; answers whether it is to be told. */
  boolean isNews(long number) {
    // Who knows anything of the call already is not rung: it may have been answered meanwhile.
    boolean isTooLate = number == Delivery.OfCall.INCOMING && !numbers.isEmpty();
    if (isTooLate || number <= oldest || !numbers.add(number)) {
      return false;
    }
    if (numbers.size() > NUMBERS_REMEMBERED) {
      oldest = numbers.removeFirst();
    }
    return true;
  }

  boolean isEnded() {
    return ended;
  }

  void ended() {
    ended = true;
  }
}
