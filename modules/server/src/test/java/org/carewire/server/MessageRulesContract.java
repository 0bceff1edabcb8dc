package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.List;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a message may hold. */
abstract class MessageRulesContract extends Contract {
  private String room = "";
  private TestClient patient;

  @BeforeEach
  void openVisit() {
    String ann = newId("ann");
    room = "visit:" + clinic.visit(ann, newId("doc"));
    patient = clinic.patient(ann);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", " \n\t "})
  void blankTextIsRefused(String text) {
    JsonNode reply = send("message", text);

    refused(reply, "BAD_REQUEST", "message");
    assertThat(reply.get("error").asText()).isEqualTo("Message content is required");
  }

  @Test
  void missingTextIsRefused() {
    JsonNode reply = patient.request("message:send", object("roomId", room));

    refused(reply, "BAD_REQUEST", "message");
    assertThat(reply.get("error").asText()).isEqualTo("Message content is required");
  }

  @Test
  void textIsLimitedTo8000Characters() {
    ok(send("message", "x".repeat(8_000)));
    refused(send("message", "x".repeat(8_001)), "BAD_REQUEST", "message");
    refused(send("message", "x".repeat(32_000)), "BAD_REQUEST", "message");
    refused(send("message", "x".repeat(32_001)), "TOO_LARGE");
    refused(send("message", "x".repeat(900_000)), "TOO_LARGE");
  }

  @Test
  void charactersAreUtf16Units() {
    ok(send("message", "😀".repeat(4_000)));
    refused(send("message", "😀".repeat(4_001)), "BAD_REQUEST", "message");
  }

  @Test
  void textComesBackAsItWasWritten() {
    String text = " «ü» \"quoted\" \\ \n\t </script> \u2028 😀 100 % %41 %zz + ";

    assertThat(ok(send("message", text)).at("/message/message").asText()).isEqualTo(text);
  }

  @Test
  void attachmentsAreHttpsUrlsOrIds() {
    ok(send("attachments", array("https://files.example/scan.png?x=1#y", "file-123")));
    for (String bad :
        List.of("http://files.example/1", "javascript:alert(1)", "data:text/html,x", "ftp://x/y")) {
      refused(send("attachments", array(bad)), "BAD_REQUEST", "attachments[0]");
    }
    refused(send("attachments", array("")), "BAD_REQUEST", "attachments[0]");
    refused(send("attachments", array(1)), "BAD_REQUEST", "attachments[0]");
    refused(send("attachments", array(object("url", "x"))), "BAD_REQUEST", "attachments[0]");
    refused(send("attachments", object()), "BAD_REQUEST", "attachments");
  }

  @Test
  void attachmentsAreTenAtMost() {
    ok(send("attachments", Collections.nCopies(10, "file-1")));
    refused(send("attachments", Collections.nCopies(11, "file-1")), "BAD_REQUEST", "attachments");
    refused(send("attachments", Collections.nCopies(40, "file-1")), "BAD_REQUEST", "attachments");
    refused(send("attachments", Collections.nCopies(41, "file-1")), "TOO_LARGE");
  }

  @Test
  void attachmentIsLimitedTo2048Characters() {
    String start = "https://files.example/";

    ok(send("attachments", array(start + "x".repeat(2_048 - start.length()))));
    refused(
        send("attachments", array(start + "x".repeat(2_049 - start.length()))),
        "BAD_REQUEST",
        "attachments[0]");
    refused(send("attachments", array(start + "x".repeat(8_192))), "TOO_LARGE");
  }

  @Test
  void metadataIsKept() {
    JsonNode metadata =
        ok(send("metadata", object("a", object("b", array(1, "two", true)), "n", 1.5)))
            .at("/message/metadata");

    assertThat(metadata.get("a")).hasToString("{\"b\":[1,\"two\",true]}");
    assertThat(metadata.get("n").asDouble()).isEqualTo(1.5);
  }

  @Test
  void senderRoleCannotBeClaimed() {
    JsonNode reply = ok(send("metadata", object("senderRole", "admin")));

    assertThat(reply.at("/message/metadata/senderRole").asText()).isEqualTo("patient");
  }

  @Test
  void metadataIsLimitedTo8kB() {
    ok(send("metadata", object("note", "x".repeat(7_900))));
    refused(send("metadata", object("note", "x".repeat(8_300))), "BAD_REQUEST", "metadata");
    refused(send("metadata", object("note", "ü".repeat(4_200))), "BAD_REQUEST", "metadata");
    refused(send("metadata", object("note", "x".repeat(33_000))), "TOO_LARGE");
  }

  @Test
  void metadataIsLimitedTo8Levels() {
    ok(send("metadata", nested(8)));
    refused(send("metadata", nested(9)), "BAD_REQUEST", "metadata");
    refused(send("metadata", nested(900)), "BAD_REQUEST", "metadata");
  }

  @Test
  void metadataIsAnObject() {
    refused(send("metadata", "text"), "BAD_REQUEST", "metadata");
    refused(send("metadata", array(1)), "BAD_REQUEST", "metadata");
  }

  @Test
  void messageTypesOfUsersAreTextImageAndFile() {
    for (String type : List.of("text", "image", "file")) {
      JsonNode sent = ok(send("metadata", object("messageType", type)));
      assertThat(sent.at("/message/metadata/messageType").asText()).isEqualTo(type);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"system", "call", "video", ""})
  void otherMessageTypesAreRefused(String type) {
    JsonNode reply = refused(send("metadata", object("messageType", type)), "BAD_REQUEST");

    assertThat(reply.get("field").asText()).contains("messageType");
  }

  @Test
  void messageMayReplyToAnother() {
    String first = ok(send("message", "first")).at("/message/id").asText();

    JsonNode reply = ok(send("metadata", object("replyToId", first)));

    assertThat(reply.at("/message/metadata/replyToId").asText()).isEqualTo(first);
    JsonNode wrong = refused(send("metadata", object("replyToId", 5)), "BAD_REQUEST");
    assertThat(wrong.get("field").asText()).contains("replyToId");
  }

  @Test
  void clientMessageIdHas1To64Characters() {
    ok(send("clientMessageId", "c".repeat(64)));
    refused(send("clientMessageId", "c".repeat(65)), "BAD_REQUEST", "clientMessageId");
    refused(send("clientMessageId", ""), "BAD_REQUEST", "clientMessageId");
    refused(send("clientMessageId", 5), "BAD_REQUEST", "clientMessageId");
  }

  @ParameterizedTest(name = "{index}")
  @ValueSource(strings = {"\0", "a\0b", "\ud83d", "\ude00\ud83d", "half \ud83d of it"})
  void textThatCannotBeStoredIsRefusedByName(String text) {
    refused(send("message", text), "BAD_REQUEST", "message");
    refused(send("attachments", array(text)), "BAD_REQUEST", "attachments[0]");
    refused(send("metadata", object("note", text)), "BAD_REQUEST", "metadata");
    refused(send("metadata", object("list", array(object("x", text)))), "BAD_REQUEST", "metadata");
    refused(send("metadata", object(text, "note")), "BAD_REQUEST", "metadata");
    refused(send("clientMessageId", text), "BAD_REQUEST", "clientMessageId");
    refused(send("roomId", "visit:" + text), "BAD_REQUEST", "roomId");
  }

  /** Sends a good message with one field replaced. */
  private JsonNode send(String field, Object value) {
    ObjectNode request = object("roomId", room, "message", "hello");
    request.setAll(object(field, value));
    return patient.request("message:send", request);
  }

  private static ObjectNode nested(int levels) {
    ObjectNode innermost = object("end", true);
    for (int i = 1; i < levels; i++) {
      innermost = object("in", innermost);
    }
    return innermost;
  }
}
