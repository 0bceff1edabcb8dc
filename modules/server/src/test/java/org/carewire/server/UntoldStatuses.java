package org.carewire.server;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.carewire.server.PresenceClient.Setting;
import org.jspecify.annotations.Nullable;

/**
 * Statuses that were set, and not told to somebody who watched from a node that nothing was done
 * to. That the node of who has set it had its trouble with Redis is no excuse.
 */
final class UntoldStatuses {
  /** Soon, on a machine that is busy; then the status may be another one. */
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(5);

  /** A node, and the cluster, are themselves again so long after something was done to them. */
  private static final Duration RECOVERED = Duration.ofSeconds(14);

  /** A status that the server has acknowledged, and that stayed. */
  private record Lasting(String user, Setting setting, Instant asked, Instant answered, URI node) {
    Instant tellingEnds() {
      return answered.plus(TOLD_WITHIN);
    }
  }

  private final DeliveryModel model;
  private final Disturbances disturbances;

  private UntoldStatuses(DeliveryModel model, Disturbances disturbances) {
    this.model = model;
    this.disturbances = disturbances;
  }

  static List<String> of(
      DeliveryModel model, List<PresenceClient> clients, Disturbances disturbances) {
    var untold = new UntoldStatuses(model, disturbances);
    return clients.stream()
        .flatMap(client -> untold.lasting(client).stream())
        .filter(untold::isToBeTold)
        .flatMap(lasting -> untold.missing(lasting).stream())
        .toList();
  }

  private List<Lasting> lasting(PresenceClient client) {
    var lasting = new ArrayList<Lasting>();
    List<Setting> all = client.settings();
    for (int i = 0; i < all.size(); i++) {
      Setting setting = all.get(i);
      Instant asked = setting.firstAskedAt();
      Instant answered = setting.answeredAt();
      ModelConnection by = setting.by();
      Instant next = i + 1 < all.size() ? all.get(i + 1).firstAskedAt() : null;
      if (asked != null
          && answered != null
          && by != null
          && (next == null || next.isAfter(answered.plus(TOLD_WITHIN)))) {
        String user = client.device().user().id();
        lasting.add(new Lasting(user, setting, asked, answered, by.server()));
      }
    }
    return lasting;
  }

  private boolean isToBeTold(Lasting status) {
    Instant before = status.asked().minus(RECOVERED);
    return !disturbances.wasAway(status.node(), before, status.tellingEnds())
        && !disturbances.areOfAll(before, status.tellingEnds());
  }

  private List<String> missing(Lasting status) {
    return model.devices().stream()
        .flatMap(device -> device.connections().stream())
        .filter(watcher -> mustBeTold(watcher, status))
        .filter(watcher -> !isTold(watcher, status))
        .map(
            watcher ->
                "%s of %s was not told of %s, which %s had set at %s from %s to %s"
                    .formatted(
                        watcher,
                        watcher.server(),
                        status.setting().shown(),
                        status.user(),
                        status.node(),
                        status.asked(),
                        status.answered()))
        .toList();
  }

  private boolean mustBeTold(ModelConnection watcher, Lasting status) {
    Instant since = watcher.sightings().since(status.user());
    Instant ended = watcher.endedAt();
    return since != null
        && since.isBefore(status.asked())
        && (ended == null || ended.isAfter(status.tellingEnds()))
        && !disturbances.areOf(
            watcher.server(), status.asked().minus(RECOVERED), status.tellingEnds());
  }

  private static boolean isTold(ModelConnection watcher, Lasting status) {
    @Nullable Instant told = watcher.sightings().toldAt(status.setting().shown());
    return told != null && !told.isAfter(status.tellingEnds());
  }
}
