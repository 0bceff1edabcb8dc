package org.carewire.protocol;

import java.util.Map;

/**
 * How well a participant received the others over a whole call.
 *
 * @param samples how many reports that is made from
 * @param metrics by the names of {@link CallMetrics}, {@code videoHeight} among them
 */
public record QualitySummary(UserId userId, long samples, Map<String, Spread> metrics) {

  /** Of one metric. */
  public record Spread(double min, double median, double p95) {}
}
