package org.carewire.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one connection was told of who is there. Safe for all threads. */
final class Sightings {
  /** What others see of a user; an empty text where there is none. */
  record Shown(String status, String custom) {
    static final Shown OFFLINE = new Shown("offline", "");

    /** Where nobody says anything. */
    static final Shown NOTHING = new Shown("", "");

    static Shown of(JsonNode presence) {
      return new Shown(presence.path("status").asText(), presence.path("customStatus").asText());
    }
  }

  /** What was told of a user, and when that came. */
  record Told(String user, Shown shown, String event, Instant at) {}

  private final Map<String, Told> last = new HashMap<>();
  private final Map<String, Instant> since = new HashMap<>();
  private final Map<Shown, Instant> firstTold = new HashMap<>();
  private final List<Told> goodbyes = new ArrayList<>();
  private long count;

  synchronized void initial(JsonNode presences) {
    presences.forEach(presence -> told(presence, "initial"));
  }

  synchronized void changed(JsonNode presence) {
    told(presence, "changed");
  }

  private void told(JsonNode presence, String event) {
    var told = new Told(presence.path("userId").asText(), Shown.of(presence), event, Instant.now());
    last.put(told.user(), told);
    since.putIfAbsent(told.user(), told.at());
    if (!told.shown().custom().isEmpty()) {
      firstTold.putIfAbsent(told.shown(), told.at());
    }
    count++;
    if (told.shown().equals(Shown.OFFLINE)) {
      goodbyes.add(told);
    }
  }

  /** What it was told of a user last; null where it was told nothing. */
  synchronized @Nullable Told last(String user) {
    return last.get(user);
  }

  /** Since when it is told of a user; null where it is not. */
  synchronized @Nullable Instant since(String user) {
    return since.get(user);
  }

  /** When it was first told of what only one user has set once; null where it was not. */
  synchronized @Nullable Instant toldAt(Shown shown) {
    return firstTold.get(shown);
  }

  /** All that said that somebody is offline. */
  synchronized List<Told> goodbyes() {
    return List.copyOf(goodbyes);
  }

  synchronized long count() {
    return count;
  }
}
