package org.carewire.loadtests;

/** What became of all calls. */
final class CallVerdict {
  private int ended;
  private int unfinished;
  private int refused;
  private int faults;
  private int lost;
  private int repeated;
  private int outOfOrder;
  private int missingEvents;
  private int strayEvents;
  private int missingRecords;

  /**
   * A call that is over.
   *
   * @param signals that did not come
   * @param events that did not come
   */
  void ended(int signals, int events) {
    ended++;
    lost += signals;
    missingEvents += events;
  }

  /** A call that did not come to its end, of which nobody knows why. */
  void unfinished() {
    unfinished++;
  }

  /** A call of which the server has refused something that may be tried again. */
  void refused() {
    refused++;
  }

  /** A call of which the server has refused something that was in order. */
  void faulty() {
    faults++;
  }

  /** What one session received in all of its calls. */
  void received(ReceivedSignals signals) {
    repeated += signals.repeated() + signals.ofOtherCalls();
    outOfOrder += signals.outOfOrder();
  }

  /** Events that one session had already, or that none of its calls accounts for. */
  void stray(int events) {
    strayEvents += events;
  }

  /** Calls of which one session has no record, or not in order. */
  void withoutRecord(int calls) {
    missingRecords += calls;
  }

  boolean isGood() {
    return faults
            + unfinished
            + lost
            + repeated
            + outOfOrder
            + missingEvents
            + strayEvents
            + missingRecords
        == 0;
  }

  @Override
  public String toString() {
    return ("%s: of %,d calls ended %,d, unfinished %,d, refused %,d, faulty"
            + " %,d; signals lost %,d, repeated"
            + " %,d, out of order %,d; events missing %,d, of no use %,d; records missing %,d")
        .formatted(
            isGood()
                ? "Every call had all of its signals and events, once and in order"
                : "NOT GOOD",
            ended + unfinished + refused + faults,
            ended,
            unfinished,
            refused,
            faults,
            lost,
            repeated,
            outOfOrder,
            missingEvents,
            strayEvents,
            missingRecords);
  }
}
