package org.carewire.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What one connection was told of calls. */
final class CallSightings {
  record Told(String event, JsonNode data, Instant at) {
    String call() {
      return data.path("callId").asText();
    }
  }

  private final List<Told> all = new ArrayList<>();

  synchronized void add(String event, JsonNode data) {
    all.add(new Told(event, data, Instant.now()));
  }

  /** In the order in which it came. */
  List<Told> all() {
    return from(0);
  }

  /** The same without the first ones. */
  synchronized List<Told> from(int first) {
    return List.copyOf(all.subList(first, all.size()));
  }
}
