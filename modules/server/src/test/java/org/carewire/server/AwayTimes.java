package org.carewire.server;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.carewire.server.FaultDriver.Incident;

/** How long clients were without a session that had caught up, by what they lost the one before. */
final class AwayTimes {
  private static final int PER_CENT = 99;

  /** A client may lose its connection so long after what was done to its server. */
  private static final Duration LATE = Duration.ofSeconds(10);

  private final Map<String, List<Duration>> byCause = new TreeMap<>();

  static AwayTimes of(DeliveryModel model, List<Incident> incidents) {
    var times = new AwayTimes();
    for (ModelDevice device : model.devices()) {
      ModelConnection lost = null;
      for (ModelConnection connection : device.connections()) {
        Instant back = connection.readyAt();
        if (back != null && lost != null) {
          times.add(lost, back, incidents);
          lost = null;
        }
        if (lost == null && back != null && connection.endedAt() != null) {
          lost = connection.isLeft() ? null : connection;
        }
      }
    }
    return times;
  }

  private void add(ModelConnection lost, Instant back, List<Incident> incidents) {
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
    String name = cause == null ? "other" : cause.fault().getClass().getSimpleName();
    byCause
        .computeIfAbsent(name, _ -> new ArrayList<>())
        .add(Duration.between(cause == null ? end : begin(cause, end), back));
  }

  /** Who is told to go is away once it has gone; a server that dies or hangs is away at once. */
  private static Instant begin(Incident cause, Instant end) {
    return switch (cause.fault()) {
      case Fault.Restarted _, Fault.AllRestarted _ -> end;
      default -> cause.from();
    };
  }

  /** Zero where nobody was. */
  Duration longest(Class<? extends Fault> cause) {
    List<Duration> times = byCause.getOrDefault(cause.getSimpleName(), List.of());
    return times.isEmpty() ? Duration.ZERO : Collections.max(times);
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
