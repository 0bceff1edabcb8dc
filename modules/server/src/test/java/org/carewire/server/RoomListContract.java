package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.assertIsTime;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The list of one's conversations. */
abstract class RoomListContract extends Contract {
  private String ann = "";
  private String doc = "";

  @BeforeEach
  void namePeople() {
    ann = newId("ann");
    doc = newId("doc");
  }

  @Test
  void listHasChatsVisitsAndGroupsNewestFirst() {
    String visit = "visit:" + clinic.visit(ann, doc);
    String group = "group:" + clinic.group(ann, doc);
    String chat = "chat:" + ann + ":" + doc;
    TestClient patient = clinic.patient(ann);

    List.of(group, chat, visit).forEach(room -> send(patient, room, "hello"));

    JsonNode reply = ok(patient.request("room:list", object()));
    assertThat(each(reply.get("rooms"), "roomId")).containsExactly(visit, chat, group);
    assertThat(reply.get("hasMore").asBoolean(true)).isFalse();

    send(patient, group, "again");
    assertThat(roomIds(patient, object())).startsWith(group);
  }

  @Test
  void entryTellsWhereTheReaderStands() {
    String visit = "visit:" + clinic.visit(ann, doc);
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    send(patient, visit, "one");
    JsonNode last = send(patient, visit, "two");

    JsonNode seen = ok(provider.request("room:list", object())).at("/rooms/0");

    assertThat(seen.get("roomId").asText()).isEqualTo(visit);
    assertThat(seen.get("top").asLong()).isEqualTo(2);
    assertThat(seen.get("read").asLong(-1)).isZero();
    assertThat(seen.get("delivered").isNumber()).isTrue();
    assertThat(seen.get("unread").asLong()).isEqualTo(2);
    assertThat(seen.at("/lastMessage/id")).isEqualTo(last.get("id"));
    assertThat(seen.at("/lastMessage/message").asText()).isEqualTo("two");
    assertThat(seen.has("members")).isTrue();
    assertIsTime(seen.get("updatedAt"));
  }

  @Test
  void ownMessagesAreNotUnreadAndSendingReadsWhatCameBefore() {
    String visit = "visit:" + clinic.visit(ann, doc);
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    send(patient, visit, "one");
    send(patient, visit, "two");

    assertThat(unread(patient)).isZero();
    assertThat(unread(provider)).isEqualTo(2);
    send(provider, visit, "three");
    assertThat(unread(provider)).isZero();
    assertThat(unread(patient)).isEqualTo(1);
  }

  @Test
  void listIsPaged() {
    TestClient patient = clinic.patient(ann);
    for (int i = 0; i < 5; i++) {
      send(patient, "visit:" + clinic.visit(ann, doc), "hello");
    }
    List<String> all = roomIds(patient, object());

    JsonNode first = ok(patient.request("room:list", object("limit", 3)));
    String before = first.at("/rooms/2/updatedAt").asText();
    JsonNode second = ok(patient.request("room:list", object("limit", 3, "before", before)));

    assertThat(each(first.get("rooms"), "roomId")).isEqualTo(all.subList(0, 3));
    assertThat(first.get("hasMore").asBoolean()).isTrue();
    assertThat(all).containsAll(each(second.get("rooms"), "roomId"));
    assertThat(second.get("hasMore").asBoolean(true)).isFalse();
  }

  @Test
  void roomsOfOthersAreNotListed() {
    clinic.visit(ann, doc);

    assertThat(roomIds(clinic.patient(newId("eve")), object())).isEmpty();
  }

  @Test
  void badPagesAreRefusedByName() {
    TestClient patient = clinic.patient(ann);

    refused(patient.request("room:list", object("limit", 0)), "BAD_REQUEST", "limit");
    refused(patient.request("room:list", object("limit", -1)), "BAD_REQUEST", "limit");
    refused(patient.request("room:list", object("limit", "ten")), "BAD_REQUEST", "limit");
    refused(patient.request("room:list", object("limit", 1.5)), "BAD_REQUEST", "limit");
    refused(patient.request("room:list", object("before", "yesterday")), "BAD_REQUEST", "before");
  }

  private static JsonNode send(TestClient client, String room, String text) {
    return ok(client.request("message:send", object("roomId", room, "message", text)))
        .get("message");
  }

  private static List<String> roomIds(TestClient client, JsonNode page) {
    return each(ok(client.request("room:list", page)).get("rooms"), "roomId");
  }

  private static long unread(TestClient client) {
    return ok(client.request("room:list", object())).at("/rooms/0/unread").asLong(-1);
  }
}
