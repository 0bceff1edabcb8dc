package org.carewire.gateway;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.carewire.platform.Delivery;

/** What a session has been told of one call. */
final class ToldOfCall {
  /** Notices come a few seconds late at most; what is older than so many others was told. */
  private static final int NUMBERS_REMEMBERED = 64;

  private final TreeSet<Long> changes = new TreeSet<>();
  private final Set<Long> others = new HashSet<>(4);
  private long oldest = Long.MIN_VALUE;
  private boolean over;

  /** Takes note of a notice; answers whether it is to be told. */
  boolean isNews(long number) {
    if (over || number < 0) {
      return !over;
    }
    if (number == Delivery.OfCall.ENDED) {
      over = true;
      return true;
    }
    if (number < Delivery.OfCall.CHANGES) {
      // Who knows anything of the call already is not rung: it may have been answered meanwhile.
      boolean knows = !changes.isEmpty() || !others.isEmpty();
      return (number != Delivery.OfCall.INCOMING || !knows) && others.add(number);
    }
    if (number <= oldest || !changes.add(number)) {
      return false;
    }
    if (changes.size() > NUMBERS_REMEMBERED) {
      oldest = changes.removeFirst();
    }
    return true;
  }
}
