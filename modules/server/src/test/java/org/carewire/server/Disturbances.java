package org.carewire.server;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.carewire.server.Fault.Needs;
import org.carewire.server.FaultDriver.Incident;

/** When something was done to a node that its users' presence may suffer from. */
final class Disturbances {
  private final List<Incident> incidents;
  private final List<URI> nodes;

  /**
   * Of faults that are over.
   *
   * @param nodes as the faults know them
   */
  Disturbances(List<Incident> incidents, List<NodeProcess> nodes) {
    this.incidents = incidents;
    this.nodes = nodes.stream().map(NodeProcess::http).toList();
  }

  /** Whether a node was away, or could not reach Redis, in that time. */
  boolean areOf(URI node, Instant from, Instant to) {
    return incidents.stream()
        .anyMatch(incident -> overlaps(incident, from, to) && nodesOf(incident).contains(node));
  }

  /** Whether a node was not to be reached in that time. */
  boolean wasAway(URI node, Instant from, Instant to) {
    return incidents.stream()
        .anyMatch(incident -> overlaps(incident, from, to) && incident.nodes().contains(node));
  }

  /** Whether Redis was emptied in that time, or the nodes did not reach each other. */
  boolean areOfAll(Instant from, Instant to) {
    return incidents.stream()
        .anyMatch(
            incident ->
                overlaps(incident, from, to)
                    && (incident.fault() instanceof Fault.RedisEmptied
                        || incident.fault() instanceof Fault.Partition));
  }

  /** Whether a node hung in that time, whose clients notice it later than others may. */
  boolean hung(URI node, Instant from, Instant to) {
    return incidents.stream()
        .anyMatch(
            incident ->
                incident.fault() instanceof Fault.Hung
                    && incident.nodes().contains(node)
                    && overlaps(incident, from, to));
  }

  /** Whether Redis was emptied in that time, or any node could not reach it. */
  boolean areOfRedis(Instant from, Instant to) {
    return incidents.stream()
        .anyMatch(incident -> overlaps(incident, from, to) && isOfRedis(incident.fault()));
  }

  /**
   * Whether in that time PostgreSQL crashed, or a node hung or could not reach it, which may hold a
   * transaction open, with its locks.
   */
  boolean areOfPostgres(Instant from, Instant to) {
    return incidents.stream()
        .anyMatch(
            incident ->
                overlaps(incident, from, to)
                    && switch (incident.fault()) {
                      case Fault.PostgresRestarted _, Fault.Hung _ -> true;
                      case Fault.Network network -> network.needs() == Needs.POSTGRES;
                      case Fault.Killed _,
                          Fault.Restarted _,
                          Fault.AllRestarted _,
                          Fault.RedisEmptied _,
                          Fault.Partition _ ->
                          false;
                    });
  }

  private static boolean overlaps(Incident incident, Instant from, Instant to) {
    return !incident.to().isBefore(from) && !incident.from().isAfter(to);
  }

  private static boolean isOfRedis(Fault fault) {
    return fault instanceof Fault.RedisEmptied
        || (fault instanceof Fault.Network network && network.needs() == Needs.REDIS);
  }

  private Set<URI> nodesOf(Incident incident) {
    return incident.fault() instanceof Fault.Network network && network.needs() == Needs.REDIS
        ? Set.of(nodes.get(network.node()))
        : incident.nodes();
  }
}
