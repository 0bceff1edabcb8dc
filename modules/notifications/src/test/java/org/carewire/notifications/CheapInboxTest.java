package org.carewire.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.carewire.protocol.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What an inbox of 100,000 notifications costs, of which 99,990 are read one by one: as much as the
 * page that is asked for.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheapInboxTest {
  private static final int PAGE = 51;
  private static final String LIST_TYPES = "text, text, timestamptz, int, int, int";
  private static final String LIST_VALUES = "'default', 'ann', %s, 300, 500000, 51";

  private NotificationsScene scene;

  @BeforeAll
  void fill() {
    scene = new NotificationsScene();
    scene.execute(
        """
        insert into room (tenant_id, room_id, kind, top, updated_at)
        select 'default', 'notifications:user-' || i, 'notifications', 0, now()
        from generate_series(1, 5000) i;
        insert into room (tenant_id, room_id, kind, top, updated_at)
        values ('default', 'notifications:ann', 'notifications', 100000, now());
        insert into inbox (room_key, tenant_id, user_id, unread, version, changed_at)
        select key, tenant_id, split_part(room_id, ':', 2), 10, 100000, now() from room;
        insert into entry (room_key, "offset", id, kind, content, created_at)
        select key, n, gen_random_uuid(), 'notification', '{"type":"system_alert"}',
          now() - (100000 - n) * interval '1 second'
        from room, generate_series(1, 100000) n
        where room_id = 'notifications:ann';
        insert into notification (room_key, "offset", read_at)
        select room_key, "offset", case when "offset" > 10 then now() end from entry;
        analyze;
        """);
  }

  @AfterAll
  void close() {
    scene.close();
  }

  @Test
  void aPageVisitsThePageOnly() {
    Plan plan = plan(NotificationStore.ALL, LIST_TYPES, LIST_VALUES.formatted("null"));

    assertThat(plan.scanned()).isEmpty();
    assertThat(plan.rows("notification")).isLessThanOrEqualTo(2 * PAGE);
    assertThat(plan.rows("entry")).isEqualTo(PAGE);
  }

  @Test
  void aPageOfTheUnreadVisitsThePageOnly() {
    Plan plan = plan(NotificationStore.UNREAD, LIST_TYPES, LIST_VALUES.formatted("null"));

    assertThat(plan.scanned()).isEmpty();
    assertThat(plan.rows("notification")).isLessThanOrEqualTo(20);
    assertThat(plan.rows("entry")).isEqualTo(10);
  }

  @Test
  void aPageInTheMiddleVisitsThePageOnly() {
    Plan plan =
        plan(
            NotificationStore.ALL,
            LIST_TYPES,
            LIST_VALUES.formatted("now() - interval '50000 seconds'"));

    assertThat(plan.scanned()).isEmpty();
    assertThat(plan.rows("notification")).isLessThanOrEqualTo(2 * PAGE);
    assertThat(plan.rows("entry")).isEqualTo(PAGE);
  }

  @Test
  void thePartOfTheLogThatADeviceMissedIsReadByItself() {
    Plan plan =
        plan(
            NotificationStore.LOG,
            "text, text, bigint, int, int, bigint, int",
            "'default', 'ann', 50000, 300, 500000, 60000, 50");

    assertThat(plan.scanned()).isEmpty();
    assertThat(plan.rows("entry")).isEqualTo(50);
  }

  private Plan plan(String sql, String types, String values) {
    String json =
        scene.explain(
            "prepare tried (%s) as %s".formatted(types, sql),
            "execute tried (%s)".formatted(values));
    try {
      return new Plan(
          nodes(
              Json.read(json.getBytes(StandardCharsets.UTF_8)).get(0).get("Plan"),
              new ArrayList<>()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<JsonNode> nodes(JsonNode node, List<JsonNode> all) {
    all.add(node);
    node.path("Plans").forEach(child -> nodes(child, all));
    return all;
  }

  private record Plan(List<JsonNode> nodes) {
    /** The tables that were read from end to end. */
    List<String> scanned() {
      return nodes.stream()
          .filter(node -> node.get("Node Type").asText().equals("Seq Scan"))
          .map(node -> node.get("Relation Name").asText())
          .toList();
    }

    /** How many rows of a table were visited. */
    long rows(String table) {
      return nodes.stream()
          .filter(node -> node.path("Relation Name").asText().equals(table))
          .mapToLong(
              node ->
                  Math.round(
                      node.get("Actual Loops").asDouble()
                          * (node.get("Actual Rows").asDouble()
                              + node.path("Rows Removed by Filter").asDouble())))
          .sum();
    }
  }
}
