package org.carewire.loadtests;

/** What became of all messages. */
final class Verdict {
  private int sent;
  private int acknowledged;
  private int refused;
  private int lost;
  private int repeated;
  private int gaps;

  /** One message, at its end. */
  void add(boolean wasAcknowledged, boolean wasRefused, int deliveries, int receivers) {
    sent++;
    if (wasAcknowledged) {
      acknowledged++;
      if (deliveries < receivers) {
        lost++;
      }
    } else if (wasRefused) {
      refused++;
    }
    if (deliveries > receivers) {
      repeated++;
    }
  }

  /** What one session saw in its room's numbers. */
  void add(int gapsSeen, int repeatsSeen) {
    gaps += gapsSeen;
    repeated += repeatsSeen;
  }

  boolean isGood() {
    return lost + repeated + gaps == 0;
  }

  @Override
  public String toString() {
    return "%s: of %,d messages %,d acknowledged, lost %d, repeated %d, gaps %d, refused %,d, unanswered %,d"
        .formatted(
            isGood() ? "Every acknowledged message was delivered exactly once" : "NOT GOOD",
            sent,
            acknowledged,
            lost,
            repeated,
            gaps,
            refused,
            sent - acknowledged - refused);
  }
}
