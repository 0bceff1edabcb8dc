package org.carewire.loadtests;

/** What became of all notifications, of which nobody reads any. */
final class NotificationVerdict {
  private long accepted;
  private long lost;
  private long unasked;
  private long repeated;
  private long gaps;
  private int wrongCounts;
  private int refused;

  /** A post that was not accepted, of which it is not known what is stored. */
  void refused() {
    refused++;
  }

  /**
   * One user, at the end.
   *
   * @param expected that were accepted
   * @param came repeats among them
   * @param unread what was told last
   */
  void add(long expected, long came, long repeats, long gapsSeen, long unread) {
    long once = came - repeats;
    accepted += expected;
    lost += Math.max(0, expected - once);
    unasked += Math.max(0, once - expected);
    repeated += repeats;
    gaps += gapsSeen;
    wrongCounts += unread == expected ? 0 : 1;
  }

  boolean isGood() {
    return lost + unasked + repeated + gaps + wrongCounts + refused == 0;
  }

  @Override
  public String toString() {
    return "%s: %,d notifications accepted, lost %d, nobody's %d, repeated %d, gaps %d, users told a wrong count %d, posts refused %d"
        .formatted(
            isGood()
                ? "Everybody has every notification exactly once, and the right count"
                : "NOT GOOD",
            accepted,
            lost,
            unasked,
            repeated,
            gaps,
            wrongCounts,
            refused);
  }
}
