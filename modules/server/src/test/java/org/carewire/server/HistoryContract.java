package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.denied;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading what was said: a visit with 230 messages. */
abstract class HistoryContract extends Contract {
  private static final int ALL = 230;

  private final String ann = newId("ann");
  private final String doc = newId("doc");
  private final List<JsonNode> sent = new ArrayList<>();
  private String visitId = "";
  private String room = "";
  private TestClient patient;

  @BeforeAll
  void talk() {
    visitId = clinic.visit(ann, doc);
    room = "visit:" + visitId;
    TestClient talker = clinic.patient(ann);
    IntStream.rangeClosed(1, ALL)
        .mapToObj(i -> talker.ask("message:send", object("roomId", room, "message", "m" + i)))
        .toList()
        .forEach(reply -> sent.add(ok(TestClient.await(reply)).get("message")));
  }

  @BeforeEach
  void comeIn() {
    patient = clinic.patient(ann);
  }

  @Test
  void latest50AreReadOldestFirst() {
    JsonNode history = history();

    assertThat(offsets(history)).isEqualTo(range(181, 230));
    assertThat(history.get("hasMore").asBoolean()).isTrue();
    assertThat(history.get("top").asLong()).isEqualTo(ALL);
    assertThat(history.get("receipts").isArray()).isTrue();
    assertThat(history.at("/messages/49")).isEqualTo(sent.getLast());
  }

  @Test
  void epochIsThatOfTheSession() {
    String epoch = clinic.connect().hello(Tokens.patient(ann)).get("epoch").asText();

    assertThat(history().get("epoch").asText()).isEqualTo(epoch);
  }

  @Test
  void visitAndItsRoomHaveOneHistory() {
    JsonNode byRoom = ok(patient.request("message:history", object("roomId", room)));

    assertThat(byRoom.get("messages")).isEqualTo(history().get("messages"));
  }

  @Test
  void pagesBeforeAnOffsetLeadToTheBeginning() {
    List<Long> all = new ArrayList<>();
    long before = ALL + 1;
    boolean more = true;
    while (more) {
      JsonNode page = history("before", before, "limit", 60);
      all.addAll(0, offsets(page));
      before = all.getFirst();
      more = page.get("hasMore").asBoolean();
    }

    assertThat(all).isEqualTo(range(1, ALL));
  }

  @Test
  void pagesAfterAnOffsetLeadToTheEnd() {
    List<Long> all = new ArrayList<>();
    long after = 0;
    boolean more = true;
    while (more) {
      JsonNode page = history("after", after, "limit", 60);
      all.addAll(offsets(page));
      after = all.getLast();
      more = page.get("hasMore").asBoolean();
    }

    assertThat(all).isEqualTo(range(1, ALL));
  }

  @Test
  void pageBeforeATimeHoldsOnlyWhatIsOlder() {
    String time = sent.get(99).get("timestamp").asText();

    JsonNode page = history("before", time, "limit", 200);

    assertThat(page.get("messages"))
        .allSatisfy(message -> assertThat(message.get("timestamp").asText()).isLessThan(time));
    long older = sent.stream().filter(m -> m.get("timestamp").asText().compareTo(time) < 0).count();
    assertThat(page.get("messages")).hasSize((int) older);
  }

  @Test
  void nothingIsAfterTheTopOrBeforeTheFirst() {
    JsonNode after = history("after", ALL);
    JsonNode before = history("before", 1);

    assertThat(after.get("messages")).isEmpty();
    assertThat(after.get("hasMore").asBoolean(true)).isFalse();
    assertThat(before.get("messages")).isEmpty();
    assertThat(before.get("hasMore").asBoolean(true)).isFalse();
  }

  @Test
  void exactlyTheLastPageHasNoMore() {
    JsonNode page = history("before", 11, "limit", 10);

    assertThat(offsets(page)).isEqualTo(range(1, 10));
    assertThat(page.get("hasMore").asBoolean(true)).isFalse();
  }

  @Test
  void limitIs1To200() {
    assertThat(offsets(history("limit", 1))).containsExactly((long) ALL);
    assertThat(offsets(history("limit", 200))).hasSize(200);
    for (int bad : List.of(0, -1, 201)) {
      refused(ask("limit", bad), "BAD_REQUEST", "limit");
    }
    refused(ask("limit", "ten"), "BAD_REQUEST", "limit");
    refused(ask("limit", 1.5), "BAD_REQUEST", "limit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "after"})
  void positionsAreOffsetsFrom0(String field) {
    refused(ask(field, -1), "BAD_REQUEST", field);
    refused(ask(field, 1.5), "BAD_REQUEST", field);
    refused(ask(field, "yesterday"), "BAD_REQUEST", field);
    refused(ask(field, object()), "BAD_REQUEST", field);
    refused(ask(field, true), "BAD_REQUEST", field);
  }

  @Test
  void pageEndsBefore512kB() {
    String visit = clinic.visit(ann, doc);
    String text = "ü".repeat(8_000);
    IntStream.range(0, 60)
        .mapToObj(i -> patient.ask("message:send", object("visitId", visit, "message", text)))
        .toList()
        .forEach(reply -> ok(TestClient.await(reply)));

    JsonNode page = ok(patient.request("message:history", object("visitId", visit, "limit", 200)));

    assertThat(page.toString().getBytes(StandardCharsets.UTF_8).length).isLessThan(512_000);
    assertThat(page.get("messages").size()).isBetween(20, 32);
    assertThat(page.get("hasMore").asBoolean()).isTrue();
    assertThat(offsets(page).getLast()).isEqualTo(60);
  }

  @Test
  void emptyRoomHasAnEmptyHistory() {
    String visit = clinic.visit(ann, doc);

    JsonNode page = ok(patient.request("message:history", object("visitId", visit)));

    assertThat(page.get("messages").isArray()).isTrue();
    assertThat(page.get("messages")).isEmpty();
    assertThat(page.get("hasMore").asBoolean(true)).isFalse();
    assertThat(page.get("top").asLong(-1)).isZero();
  }

  @Test
  void historyOfNowhereIsRefused() {
    refused(patient.request("message:history", object()), "BAD_REQUEST");
    refused(
        patient.request("message:history", object("visitId", newId("other"), "roomId", room)),
        "BAD_REQUEST",
        "visitId");
  }

  @Test
  void strangerReadsNothing() {
    TestClient stranger = clinic.patient(newId("eve"));

    denied(stranger.request("message:history", object("visitId", visitId)));
    denied(stranger.request("message:history", object("roomId", room)));
  }

  private JsonNode history(Object... page) {
    return ok(ask(page));
  }

  private JsonNode ask(Object... page) {
    ObjectNode request = object("visitId", visitId);
    request.setAll(object(page));
    return patient.request("message:history", request);
  }

  private static List<Long> offsets(JsonNode history) {
    List<Long> offsets = new ArrayList<>();
    history.get("messages").forEach(message -> offsets.add(message.get("offset").asLong()));
    return offsets;
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }
}
