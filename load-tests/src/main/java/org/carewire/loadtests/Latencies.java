package org.carewire.loadtests;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Times of one kind. */
final class Latencies {
  static final String HEADING = "p50 / p99 / p99.9 / max, ms";

  private static final int SIGNIFICANT_DIGITS = 3;

  private final Histogram micros = new Histogram(SIGNIFICANT_DIGITS);

  void add(long nanos) {
    micros.recordValue(Math.max(0, nanos / 1_000));
  }

  /** In milliseconds, as {@link #HEADING} says. */
  String cell() {
    return String.format(
        Locale.ROOT,
        "%.1f / %.1f / %.1f / %.1f",
        micros.getValueAtPercentile(50) / 1e3,
        micros.getValueAtPercentile(99) / 1e3,
        micros.getValueAtPercentile(99.9) / 1e3,
        micros.getMaxValue() / 1e3);
  }
}
