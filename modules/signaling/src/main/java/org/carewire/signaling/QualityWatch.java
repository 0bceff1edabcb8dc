package org.carewire.signaling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.carewire.protocol.CallMetrics;
import org.carewire.protocol.QualityAdvice;
import org.carewire.protocol.QualityIssue;
import org.carewire.signaling.IssueWatch.Verdict;
import org.jspecify.annotations.Nullable;

/** What the reports of one participant in one call come to. */
final class QualityWatch {
  private final List<IssueWatch> issues =
      Arrays.stream(QualityIssue.values()).map(IssueWatch::of).toList();
  private final AdviceLadder ladder = new AdviceLadder();

  /**
   * What a report has led to.
   *
   * @param raised issues that there were not before
   * @param changed the advice, where it has just changed, be it to the top step
   * @param advice as it is now; null on the top step, where nothing need be held back
   */
  record Outcome(
      List<QualityIssue> raised, @Nullable QualityAdvice changed, @Nullable QualityAdvice advice) {}

  Outcome report(CallMetrics metrics) {
    var raised = new ArrayList<QualityIssue>();
    var verdicts = new ArrayList<Verdict>();
    for (IssueWatch watch : issues) {
      boolean before = watch.isRaised();
      Verdict verdict = watch.report(metrics);
      if (verdict != null) {
        verdicts.add(verdict);
      }
      if (watch.isRaised() && !before) {
        raised.add(watch.issue());
      }
    }
    // By a report that measures none of it nothing gets better or worse.
    boolean hasChanged = !verdicts.isEmpty() && ladder.report(whole(verdicts));
    return new Outcome(
        List.copyOf(raised),
        hasChanged ? ladder.present() : null,
        ladder.isOnTop() ? null : ladder.present());
  }

  /** Bad where anything is, good where everything is. */
  private static Verdict whole(List<Verdict> verdicts) {
    if (verdicts.contains(Verdict.BAD)) {
      return Verdict.BAD;
    }
    return verdicts.contains(Verdict.BETWEEN) ? Verdict.BETWEEN : Verdict.GOOD;
  }
}
