package org.carewire.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.carewire.protocol.CallMetrics;
import org.carewire.protocol.QualityAdvice;
import org.carewire.protocol.QualityIssue;
import org.carewire.signaling.QualityWatch.Outcome;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class QualityWatchTest {
  /** Of each issue a value that is bad, one that is neither, and one that is good. */
  private static final Map<QualityIssue, List<CallMetrics>> VALUES =
      new EnumMap<>(
          Map.of(
              QualityIssue.HIGH_PACKET_LOSS, List.of(lost(5.1), lost(3.0), lost(2.0)),
              QualityIssue.HIGH_LATENCY, List.of(latency(401), latency(300), latency(250)),
              QualityIssue.HIGH_JITTER, List.of(jitter(51), jitter(40), jitter(30)),
              QualityIssue.LOW_BITRATE, List.of(bitrate(99), bitrate(120), bitrate(150))));

  private final QualityWatch watch = new QualityWatch();

  @ParameterizedTest
  @CsvSource({
    // B is a bad report, m one between the bounds, g a good one, - one without the metric.
    "BB, 0",
    "BBB, 1",
    "BBBBBBBB, 1",
    "BBmB, 0",
    "BBgB, 0",
    "BB-B, 1",
    "BBBmBBB, 1",
    "BBBmmmBBB, 1",
    "BBBggBBB, 1",
    "BBBggmgBBB, 1",
    "BBBgggBBB, 2",
    "BBBg-ggBBB, 2",
    "BBBgggBB, 1",
    "mmmmmm, 0"
  })
  void issueIsRaisedByThreeBadReportsInARowAndClearedByThreeGoodOnes(String reports, int raised) {
    for (QualityIssue issue : QualityIssue.values()) {
      var fresh = new QualityWatch();
      List<QualityIssue> told = new ArrayList<>();

      reports.chars().forEach(sign -> told.addAll(fresh.report(metrics(issue, sign)).raised()));

      assertThat(told).hasSize(raised).allMatch(issue::equals);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsAtTheBadBoundIsNotBeyondIt(QualityIssue issue) {
    CallMetrics atBound =
        switch (issue) {
          case HIGH_PACKET_LOSS -> lost(5.0);
          case HIGH_LATENCY -> latency(400);
          case HIGH_JITTER -> jitter(50);
          case LOW_BITRATE -> bitrate(100);
        };

    for (int i = 0; i < 10; i++) {
      Outcome outcome = watch.report(atBound);
      assertThat(outcome.raised()).isEmpty();
      assertThat(outcome.advice()).isNull();
    }
  }

  @Test
  void severalIssuesAreRaisedTogether() {
    var bad = new CallMetrics(50.0, 9.0, 90.0, 900.0, null, "640x360", null);
    watch.report(bad);
    watch.report(bad);

    assertThat(watch.report(bad).raised()).containsExactlyInAnyOrder(QualityIssue.values());
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "0x0")
  void lowBitrateWithoutAPictureIsNoIssue(@Nullable String resolution) {
    var sound = new CallMetrics(30.0, null, null, null, 0.5, resolution, null);

    for (int i = 0; i < 10; i++) {
      Outcome outcome = watch.report(sound);
      assertThat(outcome.raised()).isEmpty();
      assertThat(outcome.advice()).isNull();
    }
  }

  @Test
  void adviceGoesDownStepByStepToSoundOnlyAndUpAgain() {
    List<QualityAdvice> changes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      changes.add(watch.report(lost(10)).changed());
    }
    for (int i = 0; i < 30; i++) {
      changes.add(watch.report(lost(0)).changed());
    }

    changes.removeIf(change -> change == null);
    assertThat(changes)
        .containsExactly(
            new QualityAdvice(1_000, 480, true),
            new QualityAdvice(500, 360, true),
            new QualityAdvice(250, 180, true),
            new QualityAdvice(64, 0, false),
            new QualityAdvice(250, 180, true),
            new QualityAdvice(500, 360, true),
            new QualityAdvice(1_000, 480, true),
            new QualityAdvice(2_500, 720, true));
    assertThat(watch.report(lost(0)).advice()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    // As above; the number is that of steps below the top.
    "BB, 0",
    "BBB, 1",
    "BBBBB, 1",
    "BBBBBB, 2",
    "BBmBB, 0",
    "BB-B, 1",
    "BBBgggg, 1",
    "BBBggggmg, 1",
    "BBBgg-ggg, 0",
    "BBBggggg, 0",
    "BBBBBBggggg, 1",
    "BBBmmmmmmmm, 1",
    "ggggggggBBB, 1"
  })
  void adviceNeedsThreeBadReportsInARowToFallAndFiveGoodToRise(String reports, int steps) {
    var outcomes = new ArrayList<Outcome>();
    reports
        .chars()
        .forEach(sign -> outcomes.add(watch.report(metrics(QualityIssue.HIGH_PACKET_LOSS, sign))));

    assertThat(outcomes.getLast().advice())
        .isEqualTo(steps == 0 ? null : AdviceLadder.STEPS.get(steps));
  }

  @Test
  void reportIsOnlyGoodWhereAllThatItMeasuresIs() {
    for (int i = 0; i < 3; i++) {
      watch.report(lost(10));
    }
    var mixed = new CallMetrics(null, 0.0, 10.0, 300.0, null, null, null);

    for (int i = 0; i < 10; i++) {
      assertThat(watch.report(mixed).changed()).isNull();
    }
  }

  @RepeatedTest(200)
  void adviceMovesByOneStepAndOnlyAfterEnoughReportsOfOneKind(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    int step = 0;
    int bad = 0;
    int good = 0;
    for (int i = 0; i < 500; i++) {
      boolean isBad = random.nextInt(10) < 4 + 3 * Math.sin(i / 20.0);
      boolean isGood = !isBad && random.nextInt(10) < 9;
      Outcome outcome = watch.report(lost(isBad ? 20 : isGood ? 1 : 4));
      bad = isBad ? bad + 1 : 0;
      good = isGood ? good + 1 : 0;

      int next = outcome.advice() == null ? 0 : AdviceLadder.STEPS.indexOf(outcome.advice());
      assertThat(next - step).isBetween(-1, 1);
      assertThat(outcome.changed()).isEqualTo(next == step ? null : AdviceLadder.STEPS.get(next));
      if (next > step) {
        assertThat(bad).isGreaterThanOrEqualTo(3);
        bad = 0;
      } else if (next < step) {
        assertThat(good).isGreaterThanOrEqualTo(5);
        good = 0;
      } else {
        assertThat(bad >= 3 && step < 4).isFalse();
        assertThat(good >= 5 && step > 0).isFalse();
      }
      step = next;
    }
  }

  @RepeatedTest(50)
  void whatSwingsBetweenTheBoundsChangesNothing(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    for (int i = 0; i < 3 * random.nextInt(4); i++) {
      watch.report(lost(50));
    }
    QualityAdvice before = watch.report(lost(3)).advice();

    for (int i = 0; i < 300; i++) {
      Outcome outcome =
          watch.report(
              new CallMetrics(
                  random.nextDouble(100, 150),
                  random.nextDouble(2.001, 5),
                  random.nextDouble(30.001, 50),
                  random.nextDouble(250.001, 400),
                  null,
                  "640x360",
                  null));
      assertThat(outcome.raised()).isEmpty();
      assertThat(outcome.changed()).isNull();
      assertThat(outcome.advice()).isEqualTo(before);
    }
  }

  @RepeatedTest(50)
  void issueIsNeverRaisedAgainBeforeItWasCleared(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    Set<QualityIssue> raised = EnumSet.noneOf(QualityIssue.class);
    int good = 0;
    for (int i = 0; i < 1_000; i++) {
      int kind = random.nextInt(10);
      good = kind < 5 ? good + 1 : 0;
      if (good >= 3) {
        raised.clear();
      }
      for (QualityIssue issue : watch.report(latency(kind < 5 ? 100 : 800)).raised()) {
        assertThat(raised.add(issue)).isTrue();
      }
    }
  }

  private static CallMetrics metrics(QualityIssue issue, int sign) {
    List<CallMetrics> values = VALUES.getOrDefault(issue, List.of());
    return switch (sign) {
      case 'B' -> values.get(0);
      case 'm' -> values.get(1);
      case 'g' -> values.get(2);
      default -> new CallMetrics(null, null, null, null, 0.5, null, null);
    };
  }

  private static CallMetrics lost(double percent) {
    return new CallMetrics(null, percent, null, null, null, null, null);
  }

  private static CallMetrics latency(double millis) {
    return new CallMetrics(null, null, null, millis, null, null, null);
  }

  private static CallMetrics jitter(double millis) {
    return new CallMetrics(null, null, millis, null, null, null, null);
  }

  private static CallMetrics bitrate(double kilobits) {
    return new CallMetrics(kilobits, null, null, null, null, "640x360", null);
  }
}
