package org.carewire.server;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.carewire.server.Sightings.Told;
import org.jspecify.annotations.Nullable;

/**
 * Who was said to be offline, to somebody at a node that nothing was done to, though they were
 * connected to another such node less than the grace before. What was done to third nodes, to the
 * network between nodes, or to what Redis held of those who are there still is no excuse.
 */
final class FalseGoodbyes {
  /** The grace, less what a telling may take at least. */
  private static final Duration LEFT_LESS_THAN = Duration.ofMillis(4_500);

  /** So long before, at least, somebody came: what was told of the time before has come by then. */
  private static final Duration CAME_BEFORE = Duration.ofSeconds(6);

  /** A node is itself again so long after something was done to it. */
  private static final Duration RECOVERED = Duration.ofSeconds(14);

  private final Disturbances disturbances;
  private final Map<String, List<ModelConnection>> connections;

  private FalseGoodbyes(DeliveryModel model, Disturbances disturbances) {
    this.disturbances = disturbances;
    connections =
        model.devices().stream()
            .flatMap(device -> device.connections().stream())
            .collect(Collectors.groupingBy(connection -> connection.device().user().id()));
  }

  static List<String> of(DeliveryModel model, Disturbances disturbances) {
    var goodbyes = new FalseGoodbyes(model, disturbances);
    return goodbyes.connections.values().stream()
        .flatMap(List::stream)
        .flatMap(goodbyes::to)
        .toList();
  }

  private Stream<String> to(ModelConnection watcher) {
    return watcher.sightings().goodbyes().stream()
        .filter(told -> isUndisturbed(watcher, told.at()))
        .flatMap(
            told -> {
              ModelConnection there = whoWasThere(told);
              return there == null
                  ? Stream.empty()
                  : Stream.of(
                      "%s of %s was told %s, though there was %s of %s from %s to %s"
                          .formatted(
                              watcher,
                              watcher.server(),
                              told,
                              there,
                              there.server(),
                              there.helloAt(),
                              there.endedAt()));
            });
  }

  private @Nullable ModelConnection whoWasThere(Told told) {
    return connections.getOrDefault(told.user(), List.of()).stream()
        .filter(connection -> wasThere(connection, told.at()))
        .filter(connection -> isUndisturbed(connection, told.at()))
        .findAny()
        .orElse(null);
  }

  private boolean wasThere(ModelConnection connection, Instant at) {
    Instant came = connection.helloAt();
    Instant left = connection.endedAt();
    return came != null
        && came.isBefore(at.minus(CAME_BEFORE))
        && (left == null
            || left.isAfter(at)
            || (left.isAfter(at.minus(LEFT_LESS_THAN))
                // Of those who are gone Redis alone knows since when.
                && !disturbances.areOfRedis(left, at)));
  }

  private boolean isUndisturbed(ModelConnection connection, Instant at) {
    return !disturbances.areOf(connection.server(), at.minus(RECOVERED), at);
  }
}
