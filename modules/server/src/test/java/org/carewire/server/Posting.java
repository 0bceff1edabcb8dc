package org.carewire.server;

import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A notification that was posted, to users or to a topic, and what became of it. */
final class Posting {
  /** What has become of a request to take it back. */
  enum Cancellation {
    /** It was not answered. */
    UNKNOWN,
    TAKEN_BACK,
    TOO_LATE
  }

  /**
   * What is posted.
   *
   * @param text of no other one
   * @param users whom it is for
   * @param topic whose subscribers these are; null where they are named
   * @param key by which a repeat is known; empty where there is none
   * @param sendAt null where it is sent at once
   */
  record Asked(
      String text,
      List<String> users,
      @Nullable String topic,
      String key,
      @Nullable Instant sendAt) {

    String path() {
      return topic == null ? "/notifications" : "/topics/" + topic + "/notifications";
    }

    ObjectNode body() {
      ObjectNode body =
          object(
              "type", "lab_results_ready", "priority", "high", "title", "Results", "message", text);
      if (topic == null && users.size() == 1) {
        body.put("userId", users.getFirst());
      } else if (topic == null) {
        body.set("userIds", array(users.toArray()));
      }
      if (sendAt != null) {
        body.put("sendAt", sendAt.toString());
      }
      return body;
    }

    boolean isKeyed() {
      return !key.isEmpty();
    }
  }

  private final Asked asked;
  private final Map<String, Cancellation> cancellations = new ConcurrentHashMap<>();
  private final Set<List<String>> answers = ConcurrentHashMap.newKeySet();
  private volatile List<String> ids = List.of();
  private volatile @Nullable Instant acknowledgedAt;

  Posting(Asked asked) {
    this.asked = asked;
  }

  Asked asked() {
    return asked;
  }

  /** The server has taken it, maybe not for the first time. */
  void acknowledged(List<String> answered) {
    answers.add(answered);
    if (acknowledgedAt == null) {
      ids = answered;
      acknowledgedAt = Instant.now();
    }
  }

  /** When the server had; null where it has not. */
  @Nullable Instant acknowledgedAt() {
    return acknowledgedAt;
  }

  /** One for each user, or that of the post to a topic. */
  List<String> ids() {
    return ids;
  }

  /** Whether repeats had the same answer. */
  boolean isAnsweredAlike() {
    return answers.size() <= 1;
  }

  void cancelled(String id, Cancellation what) {
    cancellations.put(id, what);
  }

  /** Null where nobody has taken back what is for that user. */
  @Nullable Cancellation cancellation(String user) {
    return ids.isEmpty()
        ? null
        : cancellations.get(asked.topic() == null ? idOf(user) : ids.getFirst());
  }

  /** What the notification of one of the users is called. */
  String idOf(String user) {
    return ids.get(asked.users().indexOf(user));
  }

  @Override
  public String toString() {
    return "%s for %s at %s, acknowledged at %s, %s"
        .formatted(
            asked.text(),
            asked.topic() == null ? asked.users() : asked.topic(),
            asked.sendAt() == null ? "once" : asked.sendAt(),
            acknowledgedAt,
            cancellations);
  }
}
