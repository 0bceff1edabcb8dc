package org.carewire.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.carewire.protocol.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What reading costs of 1,000 rooms among 20,000 and of a room with 200,000 entries: no scan of a
 * table, and a number of rows that depends on the page. By plans for the given values and by those
 * for any, as PostgreSQL may choose either.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheapReadsTest {
  private static final int PAGE = 51;
  private static final List<String> TABLES = List.of("entry", "room", "room_member", "app_user");

  private RoomsDatabase database;
  private long largeRoom;

  @BeforeAll
  void fill() {
    database = new RoomsDatabase();
    // Half of the patient's rooms are chats with providers; others have rooms of their own.
    database.execute(
        """
        insert into app_user (tenant_id, user_id, role)
        select 'default', 'doc-' || i, 'provider' from generate_series(1, 20000) i;
        insert into room (tenant_id, room_id, kind, top, updated_at)
        select 'default', case when i % 2 = 0 then 'chat:ann:doc-' || i else 'visit:v-' || i end,
          case when i % 2 = 0 then 'chat' else 'visit' end, 1, now() - i * interval '1 minute'
        from generate_series(1, 20000) i;
        insert into room_member (room_key, tenant_id, user_id)
        select key, 'default', case when key <= 1000 then 'ann' else 'other-' || key end from room;
        insert into room_member (room_key, tenant_id, user_id)
        select key, 'default', 'doc-' || key from room;
        insert into entry (room_key, "offset", id, kind, sender_id, content, created_at)
        select key, 1, gen_random_uuid(), 'message', 'doc-' || key, '{"message":"hello"}', now()
        from room;
        insert into room (tenant_id, room_id, kind, top, updated_at)
        values ('default', 'visit:large', 'visit', 200000, now() - interval '10 years');
        insert into room_member (room_key, tenant_id, user_id)
        select key, 'default', u from room, unnest(array['ann', 'bob', 'doc']) u
        where room_id = 'visit:large';
        insert into entry (room_key, "offset", id, kind, sender_id, content, created_at)
        select key, n, gen_random_uuid(), 'message', 'bob', '{"message":"hello"}', now()
        from room, generate_series(1, 200000) n
        where room_id = 'visit:large';
        analyze;
        """);
    largeRoom =
        Long.parseLong(
            database.query("select key from room where room_id = 'visit:large'").getFirst());
  }

  @AfterAll
  void close() {
    database.close();
  }

  /** Each room of the user is visited once; the rest depends on the page. */
  @Test
  void listOfRoomsAsksOnlyForItsPage() {
    List<Plan> plans =
        plans(
            RoomListStore.LIST,
            "text, text, timestamptz, int, boolean",
            "'default', 'ann', '9999-01-01Z', 51, false");

    for (Plan plan : plans) {
      assertThat(plan.scanned()).doesNotContainAnyElementsOf(TABLES);
      assertThat(plan.rows("entry")).isBetween(1L, (long) PAGE);
      assertThat(plan.rows("room")).isLessThanOrEqualTo(1_001);
      assertThat(plan.rows("room_member")).isBetween(1_001L, 1_001L + 2 * PAGE);
      // What may_chat was asked about: the page, and one more to see whether it is a tie.
      assertThat(plan.visitedBy("candidate")).isEqualTo(PAGE + 1);
    }
  }

  @Test
  void newestPageOfALargeRoomVisitsThePageOnly() {
    List<Plan> plans =
        plans(
            EntryStore.NEWEST,
            "bigint, bigint, bigint, int, int",
            largeRoom + ", 0, 9223372036854775807, 51, 500000");

    for (Plan plan : plans) {
      assertThat(plan.scanned()).doesNotContainAnyElementsOf(TABLES);
      assertThat(plan.rows("entry")).isEqualTo(PAGE);
    }
  }

  @Test
  void pageInTheMiddleOfALargeRoomVisitsThePageOnly() {
    List<Plan> plans =
        plans(
            EntryStore.OLDEST,
            "bigint, bigint, bigint, int, int",
            largeRoom + ", 100000, 9223372036854775807, 51, 500000");

    for (Plan plan : plans) {
      assertThat(plan.scanned()).doesNotContainAnyElementsOf(TABLES);
      assertThat(plan.rows("entry")).isEqualTo(PAGE);
    }
  }

  @Test
  void receiptsOfARoomAreThoseOfItsMembers() {
    List<Plan> plans = plans(EntryStore.RECEIPTS, "bigint", Long.toString(largeRoom));

    for (Plan plan : plans) {
      assertThat(plan.scanned()).doesNotContainAnyElementsOf(TABLES);
      assertThat(plan.rows("room_member")).isEqualTo(3);
    }
  }

  @Test
  void receiptVisitsOneRowOfEachTable() {
    String message =
        database
            .query("select id from entry where \"offset\" = 150000 and room_key = ?", largeRoom)
            .getFirst();
    List<Plan> plans =
        plans(
            ReceiptStore.MARK,
            "text[], text[], boolean[], boolean[], boolean[], text[], bigint[], bigint[], uuid[]",
            """
            array['default', 'default'], array['ann', 'ann'], array[false, false],
            array[false, false], array[true, true], array[null, 'visit:large']::text[],
            array[null, 7]::bigint[], array[1]::bigint[], array['%s']::uuid[]
            """
                .formatted(message));

    for (Plan plan : plans) {
      assertThat(plan.scanned()).doesNotContainAnyElementsOf(TABLES);
      assertThat(plan.rows("entry")).isEqualTo(1);
      assertThat(plan.rows("room")).isEqualTo(2);
      assertThat(plan.rows("room_member")).isLessThanOrEqualTo(4);
    }
  }

  @Test
  void authorsToTellAreFoundInTheNewestEntriesOfTheSpan() {
    List<Plan> plans =
        plans(
            ReceiptStore.COVERED,
            "text[], text[], text[], bigint[], bigint[], bigint, bigint",
            """
            array['default'], array['visit:large'], array['ann'], array[0]::bigint[],
            array[200000]::bigint[], 50, 200
            """);

    for (Plan plan : plans) {
      assertThat(plan.scanned()).doesNotContainAnyElementsOf(TABLES);
      assertThat(plan.rows("entry")).isEqualTo(200);
      assertThat(plan.rows("room")).isEqualTo(1);
      assertThat(plan.rows("room_member")).isLessThanOrEqualTo(6);
    }
  }

  /** Runs a statement both ways and answers what it did. */
  private List<Plan> plans(String sql, String types, String values) {
    return Stream.of("force_custom_plan", "force_generic_plan")
        .map(mode -> plan(mode, sql, types, values))
        .toList();
  }

  private Plan plan(String mode, String sql, String types, String values) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("set plan_cache_mode = " + mode);
      statement.execute("prepare tried (" + types + ") as " + sql);
      try (ResultSet rows =
          statement.executeQuery("explain (analyze, format json) execute tried (" + values + ")")) {
        rows.next();
        byte[] json = rows.getString(1).getBytes(StandardCharsets.UTF_8);
        return new Plan(nodes(Json.read(json).get(0).get("Plan"), new ArrayList<>()));
      }
    } catch (SQLException | IOException e) {
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
          .filter(node -> !node.get("Node Type").asText().equals("ModifyTable"))
          .mapToLong(Plan::visited)
          .sum();
    }

    private static long visited(JsonNode node) {
      return Math.round(
          node.get("Actual Loops").asDouble()
              * (node.get("Actual Rows").asDouble()
                  + node.path("Rows Removed by Filter").asDouble()));
    }

    /** How many rows of a query within the statement were looked at. */
    long visitedBy(String alias) {
      return nodes.stream()
          .filter(node -> node.path("Alias").asText().equals(alias))
          .filter(node -> node.get("Node Type").asText().equals("Subquery Scan"))
          .mapToLong(Plan::visited)
          .findFirst()
          .orElseThrow(() -> new AssertionError("No " + alias + " in " + shown()));
    }

    private String shown() {
      return nodes.stream()
          .map(node -> node.get("Node Type").asText() + " " + node.path("Alias").asText())
          .collect(Collectors.joining(", "));
    }
  }
}
