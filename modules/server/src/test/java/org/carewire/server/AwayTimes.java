package org.carewire.server;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.carewire.server.FaultDriver.Incident;

/** How long clients were without a session that had caught up, by what they lost the one before. */
final class AwayTimes {
  private static final int PER_CENT = 99;

  /** A client may lose its connection so long after what was done to its server. */
  private static final Duration LATE = Duration.ofSeconds(10);

  /** From the moment at which a server dies or hangs. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Duration restartLimit;
  private final List<String> late = new ArrayList<>();
  private final Map<String, List<Duration>> byCause = new TreeMap<>();

  private AwayTimes(Duration restartLimit) {
    this.restartLimit = restartLimit;
  }

  /**
   * Of all devices.
   *
   * @param restartLimit for those whose server is replaced in good order
   */
  static AwayTimes of(DeliveryModel model, List<Incident> incidents, Duration restartLimit) {
    var times = new AwayTimes(restartLimit);
    for (ModelDevice device : model.devices()) {
      ModelConnection lost = null;
      for (ModelConnection connection : device.connections()) {
        Instant back = connection.readyAt();
        if (back != null && lost != null) {
          times.add(lost, connection, back, incidents);
          lost = null;
        }
        if (lost == null && back != null && connection.endedAt() != null) {
          lost = connection.isLeft() ? null : connection;
        }
      }
    }
    return times;
  }

  private void add(
      ModelConnection lost, ModelConnection next, Instant back, List<Incident> incidents) {
    Instant end = lost.endedAt();
    if (end == null) {
      return;
    }
    Incident cause =
        incidents.stream()
            .filter(
                incident ->
                    incident.nodes().contains(lost.server())
                        && lost.begunAt().isBefore(incident.from())
                        && !end.isBefore(incident.from())
                        && end.isBefore(incident.from().plus(LATE)))
            .reduce((_, last) -> last)
            .orElse(null);
    if (cause == null) {
      note("other", Duration.between(end, back));
      return;
    }
    Duration time = Duration.between(isRestart(cause) ? end : cause.from(), back);
    note(cause.fault().getClass().getSimpleName(), time);
    Duration limit = isRestart(cause) ? restartLimit : LIMIT;
    if (time.compareTo(limit) > 0 && isAlone(cause, back, incidents)) {
      late.add(
          "%s was away for %s by %s from %s at %s, asked to wait for %d ms, then by %s at %s"
              .formatted(
                  lost,
                  time,
                  cause.fault(),
                  lost.server(),
                  end,
                  lost.reconnectAfterMs(),
                  next,
                  next.begunAt()));
    }
  }

  private void note(String cause, Duration time) {
    byCause.computeIfAbsent(cause, _ -> new ArrayList<>()).add(time);
  }

  /** Whether nothing else went wrong meanwhile. */
  private static boolean isAlone(Incident cause, Instant back, List<Incident> incidents) {
    return incidents.stream()
        .filter(other -> !other.equals(cause) && !(isRestart(other) && isRestart(cause)))
        .noneMatch(other -> other.from().isBefore(back) && other.to().isAfter(cause.from()));
  }

  /** Who is told to go is away once it has gone; a server that dies or hangs is away at once. */
  private static boolean isRestart(Incident cause) {
    return cause.fault() instanceof Fault.Restarted || cause.fault() instanceof Fault.AllRestarted;
  }

  /** Who was away for longer than it should be. */
  List<String> late() {
    return late;
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    byCause.forEach(
        (cause, times) -> {
          List<Duration> sorted = times.stream().sorted().toList();
          text.append(
              "\n  %s: %d clients, p99 %.1f s, max %.1f s"
                  .formatted(
                      cause,
                      sorted.size(),
                      seconds(sorted.get((sorted.size() - 1) * PER_CENT / 100)),
                      seconds(sorted.getLast())));
        });
    return text.toString();
  }

  static double seconds(Duration time) {
    return time.toMillis() / 1_000.0;
  }
}
