package org.carewire.server;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.carewire.server.PresenceClient.Setting;
import org.carewire.server.Sightings.Shown;
import org.jspecify.annotations.Nullable;

/** What others are to see of a user, as far as the user's own clients can say it. */
final class PresenceTruth {
  /** Well below the grace, which nobody's clients measure exactly. */
  private static final Duration NOT_MISSED = Duration.ofSeconds(3);

  /** A node that hung may still do what it was asked to before. */
  private static final Duration LATE = Duration.ofSeconds(20);

  private final Disturbances disturbances;

  PresenceTruth(Disturbances disturbances) {
    this.disturbances = disturbances;
  }

  /** Whether one of these is connected. */
  static boolean isThere(List<PresenceClient> clients) {
    return clients.stream().anyMatch(client -> client.device().connection() != null);
  }

  /**
   * One of these is right. There may be several where it is not known which of two things came
   * first.
   *
   * @param clients of one user, which have told the server all that there was to tell
   */
  Set<Shown> of(List<PresenceClient> clients) {
    if (!isThere(clients)) {
      return Set.of(Shown.OFFLINE);
    }
    List<Setting> settings =
        clients.stream().map(PresenceClient::settings).flatMap(List::stream).toList();
    Setting last =
        settings.stream()
            .filter(setting -> setting.answeredAt() != null)
            .reduce((_, later) -> later)
            .orElse(null);
    Set<Shown> right = new HashSet<>();
    if (last == null || mayBeCleared(last, clients)) {
      right.add(shownUnset(clients));
    }
    if (last != null) {
      right.add(last.shown());
    }
    settings.stream()
        .filter(setting -> mayCount(setting, last))
        .forEach(setting -> right.add(setting.shown()));
    return right;
  }

  private static Shown shownUnset(List<PresenceClient> clients) {
    boolean isActive =
        clients.stream()
            .anyMatch(client -> client.device().connection() != null && !client.isIdle());
    return new Shown(isActive ? "online" : "away", "");
  }

  /** Whether it may have come after the last one that was acknowledged, as it was asked twice. */
  private static boolean mayCount(Setting setting, @Nullable Setting last) {
    Instant asked = setting.askedAt();
    Instant lastAsked = last == null ? null : last.askedAt();
    return asked != null
        && (setting.answeredAt() == null || setting.wasAskedAgain())
        && (lastAsked == null || asked.isAfter(lastAsked.minus(LATE)));
  }

  /** Whether the user may have been offline since, or Redis have forgotten it. */
  private boolean mayBeCleared(Setting setting, List<PresenceClient> clients) {
    ModelConnection by = setting.by();
    Instant since = setting.answeredAt();
    // A session remembers what was set by it.
    return by == null || since == null || (!by.isOpen() && !wasThereSince(since, clients));
  }

  /** Whether the user was there all the time, at nodes that could say so. */
  private boolean wasThereSince(Instant since, List<PresenceClient> clients) {
    Instant now = Instant.now();
    if (disturbances.areOfRedis(since.minus(NOT_MISSED), now)) {
      return false;
    }
    Instant seen = since;
    for (ModelConnection connection : inOrder(clients)) {
      Instant from = connection.helloAt();
      if (from != null && from.isBefore(seen.plus(NOT_MISSED))) {
        Instant to = Objects.requireNonNullElse(connection.endedAt(), now);
        if (to.isAfter(seen) && !disturbances.hung(connection.server(), from, to)) {
          seen = to;
        }
      }
    }
    return !seen.isBefore(now.minus(NOT_MISSED));
  }

  private static List<ModelConnection> inOrder(List<PresenceClient> clients) {
    return clients.stream()
        .flatMap(client -> client.device().connections().stream())
        .filter(connection -> connection.helloAt() != null)
        .sorted(Comparator.comparing(ModelConnection::begunAt))
        .toList();
  }
}
