package org.carewire.signaling;

import java.util.function.Function;
import org.carewire.protocol.CallMetrics;
import org.carewire.protocol.QualityIssue;
import org.jspecify.annotations.Nullable;

/**
 * Whether a participant has one issue. Between its two bounds a metric is neither bad nor good, so
 * one that swings around a bound raises nothing again and again.
 */
final class IssueWatch {
  /** Reports in a row that raise an issue, or clear it. */
  static final int IN_A_ROW = 3;

  /** What one report says of an issue. */
  enum Verdict {
    BAD,
    BETWEEN,
    GOOD
  }

  /**
   * The bounds of a metric. Where the bad one is below the good one, low values are bad.
   *
   * @param bad beyond this it is bad
   * @param good within this it is good
   */
  record Bounds(double bad, double good) {
    Verdict judge(double value) {
      // Turned so that high values are bad.
      double sign = Math.signum(bad - good);
      if (value * sign > bad * sign) {
        return Verdict.BAD;
      }
      return value * sign <= good * sign ? Verdict.GOOD : Verdict.BETWEEN;
    }
  }

  /** Percent. Speech suffers beyond 5 %, and is as good as whole within 2 %. */
  static final Bounds PACKETS_LOST = new Bounds(5, 2);

  /** Milliseconds there and back. People begin to talk into each other beyond 400 ms. */
  static final Bounds LATENCY = new Bounds(400, 250);

  /** Milliseconds. Beyond 50 ms the buffers of browsers add delay or lose sound. */
  static final Bounds JITTER = new Bounds(50, 30);

  /** kbit/s. No picture is recognisable below 100. */
  static final Bounds BITRATE = new Bounds(100, 150);

  private final QualityIssue issue;
  private final Bounds bounds;
  private final Function<CallMetrics, @Nullable Double> metric;
  private boolean raised;
  private int against;

  private IssueWatch(
      QualityIssue issue, Bounds bounds, Function<CallMetrics, @Nullable Double> metric) {
    this.issue = issue;
    this.bounds = bounds;
    this.metric = metric;
  }

  static IssueWatch of(QualityIssue issue) {
    return switch (issue) {
      case HIGH_PACKET_LOSS -> new IssueWatch(issue, PACKETS_LOST, CallMetrics::packetsLost);
      case HIGH_LATENCY -> new IssueWatch(issue, LATENCY, CallMetrics::latency);
      case HIGH_JITTER -> new IssueWatch(issue, JITTER, CallMetrics::jitter);
      case LOW_BITRATE -> new IssueWatch(issue, BITRATE, IssueWatch::bitrateOfPicture);
    };
  }

  /** Sound alone needs less than any bound; who receives no picture has no low bitrate. */
  private static @Nullable Double bitrateOfPicture(CallMetrics metrics) {
    Integer height = metrics.videoHeight();
    return height == null || height == 0 ? null : metrics.bitrate();
  }

  QualityIssue issue() {
    return issue;
  }

  /** Whether there is the issue now. */
  boolean isRaised() {
    return raised;
  }

  /** Counts a report; null, and nothing counted, where it does not have the metric. */
  @Nullable Verdict report(CallMetrics metrics) {
    Double value = metric.apply(metrics);
    if (value == null) {
      return null;
    }
    Verdict verdict = bounds.judge(value);
    against = verdict == (raised ? Verdict.GOOD : Verdict.BAD) ? against + 1 : 0;
    if (against == IN_A_ROW) {
      raised = !raised;
      against = 0;
    }
    return verdict;
  }
}
