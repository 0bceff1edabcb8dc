package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.ApiClient.Answer;

/** What the platform's services post. */
final class Notices {
  private Notices() {}

  /** For one user. */
  static ObjectNode to(String user) {
    return content("Your results are there").put("userId", user);
  }

  /** For several. */
  static ObjectNode to(List<String> users) {
    return content("Your results are there").setAll(object("userIds", users));
  }

  /** For nobody yet. */
  static ObjectNode content(String title) {
    return object(
        "type",
        "lab_results_ready",
        "priority",
        "high",
        "title",
        title,
        "message",
        "Open them in the app.");
  }

  /** A time for what is not to be sent while the test lasts; a year ahead is the most. */
  static String later() {
    return Instant.now().plus(Duration.ofDays(300)).toString();
  }

  /** Answers the ids. */
  static List<String> post(ApiClient api, ObjectNode post) {
    return accepted(api.post("/notifications", post));
  }

  /** Answers the id of the post. */
  static String postToTopic(ApiClient api, String topic, ObjectNode post) {
    return accepted(api.post("/topics/" + topic + "/notifications", post)).getFirst();
  }

  static List<String> accepted(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    var ids = new ArrayList<String>();
    answer.json().get("ids").forEach(id -> ids.add(id.asText()));
    return ids;
  }
}
