package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What replies say. */
final class Replies {
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z");
  private static final Set<String> RETRYABLE = Set.of("RATE_LIMITED", "UNAVAILABLE");

  private Replies() {}

  static JsonNode ok(JsonNode reply) {
    assertThat(reply.path("success").asBoolean()).as("%s", reply).isTrue();
    return reply;
  }

  static JsonNode refused(JsonNode reply, String code) {
    assertThat(reply.path("success").isBoolean()).as("%s", reply).isTrue();
    assertThat(reply.path("success").asBoolean()).as("%s", reply).isFalse();
    assertThat(reply.path("code").asText()).as("%s", reply).isEqualTo(code);
    assertThat(reply.path("error").asText()).as("%s", reply).isNotBlank();
    assertThat(reply.path("retryable").isBoolean()).as("%s", reply).isTrue();
    assertThat(reply.path("retryable").asBoolean())
        .as("%s", reply)
        .isEqualTo(RETRYABLE.contains(code));
    return reply;
  }

  static JsonNode refused(JsonNode reply, String code, String field) {
    assertThat(refused(reply, code).path("field").asText()).as("%s", reply).isEqualTo(field);
    return reply;
  }

  /** No access. */
  static void denied(JsonNode reply) {
    refused(reply, "ACCESS_DENIED");
  }

  static boolean isOk(JsonNode reply) {
    return reply.path("success").asBoolean();
  }

  static void assertIsTime(JsonNode time) {
    assertThat(time.asText()).matches(TIME);
  }

  /** The values of one field in a list of objects. */
  static List<String> each(JsonNode list, String field) {
    List<String> values = new ArrayList<>();
    list.forEach(element -> values.add(element.path(field).asText()));
    return values;
  }

  /** The same, of events. */
  static List<String> each(List<JsonNode> events, String field) {
    return events.stream().map(event -> event.path(field).asText()).toList();
  }
}
