package org.carewire.loadtests;

import java.util.BitSet;

/** The signals of one call that came to one who is in it. They are numbered from 1. */
final class ReceivedSignals {
  private final int expected;
  private final BitSet numbers = new BitSet();
  private int call;
  private int highest;
  private int repeated;
  private int outOfOrder;
  private int ofOtherCalls;

  ReceivedSignals(int expected) {
    this.expected = expected;
  }

  /** Another call, of which nothing has come yet. */
  void begin(int nextCall) {
    call = nextCall;
    highest = 0;
    numbers.clear();
  }

  void came(int ofCall, int number) {
    if (ofCall != call) {
      ofOtherCalls++;
    } else if (numbers.get(number)) {
      repeated++;
    } else {
      outOfOrder += number < highest ? 1 : 0;
      highest = Math.max(highest, number);
      numbers.set(number);
    }
  }

  /** Of the present call. */
  int lacking() {
    return expected - numbers.cardinality();
  }

  /** Of all calls, as those below. */
  int repeated() {
    return repeated;
  }

  int outOfOrder() {
    return outOfOrder;
  }

  /** Those that came before their call or after it. */
  int ofOtherCalls() {
    return ofOtherCalls;
  }
}
