package org.carewire.signaling;

import java.util.List;
import org.carewire.protocol.QualityAdvice;

/**
 * What a participant is advised to send at most: down a step when reports stay bad, up a step when
 * they stay good, which takes longer, as who goes up may find the network still too narrow.
 */
final class AdviceLadder {
  /** Bad reports in a row for a step down. */
  static final int BAD_IN_A_ROW = 3;

  /** Good reports in a row for a step up. */
  static final int GOOD_IN_A_ROW = 5;

  /** From the best to the last, sound only. A step is about half of the one before. */
  static final List<QualityAdvice> STEPS =
      List.of(
          new QualityAdvice(2_500, 720, true),
          new QualityAdvice(1_000, 480, true),
          new QualityAdvice(500, 360, true),
          new QualityAdvice(250, 180, true),
          new QualityAdvice(64, 0, false));

  private int step;
  private int bad;
  private int good;

  QualityAdvice present() {
    return STEPS.get(step);
  }

  boolean isOnTop() {
    return step == 0;
  }

  /** Counts a report; whether that has changed the advice. */
  boolean report(IssueWatch.Verdict verdict) {
    bad = verdict == IssueWatch.Verdict.BAD ? bad + 1 : 0;
    good = verdict == IssueWatch.Verdict.GOOD ? good + 1 : 0;
    if (bad >= BAD_IN_A_ROW && step < STEPS.size() - 1) {
      return move(1);
    }
    return good >= GOOD_IN_A_ROW && !isOnTop() && move(-1);
  }

  private boolean move(int steps) {
    step += steps;
    bad = 0;
    good = 0;
    return true;
  }
}
