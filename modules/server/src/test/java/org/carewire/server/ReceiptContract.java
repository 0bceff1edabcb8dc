package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.assertIsTime;
import static org.carewire.server.Replies.denied;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was delivered and what was read, and who is told. */
abstract class ReceiptContract extends Contract {
  private static final String RECEIVED = "message:received";
  private static final String READ = "message:read";
  private static final String DELIVERED = "message:delivered";

  private String ann = "";
  private String doc = "";
  private String zed = "";
  private String visitId = "";
  private String room = "";

  @BeforeEach
  void openVisit() {
    ann = newId("ann");
    doc = newId("doc");
    zed = newId("zed");
    visitId = clinic.visit(ann, doc, zed);
    room = "visit:" + visitId;
  }

  @Test
  void authorsAreToldWhichOfTheirMessagesWereReadAndNobodyElseIs() {
    TestClient phone = clinic.patient(ann);
    TestClient tablet = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    TestClient reader = clinic.provider(zed);
    String first = send(phone);
    String second = send(provider);
    String third = send(phone);

    ok(reader.request(READ, upTo(3)));

    for (TestClient author : List.of(phone, tablet)) {
      JsonNode told = author.next(READ, by(zed));
      assertThat(told.get("messageIds")).isEqualTo(array(first, third));
      assertThat(told.get("roomId").asText()).isEqualTo(room);
      assertThat(told.get("offset").asLong()).isEqualTo(3);
      assertIsTime(told.get("timestamp"));
    }
    assertThat(provider.next(READ, by(zed)).get("messageIds")).isEqualTo(array(second));
    reader.expectNone(READ);
    phone.expectNone(DELIVERED);
  }

  @Test
  void authorIsToldTheNewestOfWhatWasDelivered() {
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    send(patient);
    String second = send(patient);
    String third = send(patient);

    ok(provider.request(RECEIVED, upTo(2)));
    JsonNode told = patient.next(DELIVERED);
    assertThat(told.get("messageId").asText()).isEqualTo(second);
    assertThat(told.get("roomId").asText()).isEqualTo(room);
    assertThat(told.get("offset").asLong()).isEqualTo(2);
    assertThat(told.get("userId").asText()).isEqualTo(doc);
    assertIsTime(told.get("timestamp"));

    ok(provider.request(RECEIVED, object("messageId", third)));
    assertThat(patient.next(DELIVERED).get("messageId").asText()).isEqualTo(third);
    patient.expectNone(READ);
    provider.expectNone(DELIVERED);
  }

  @Test
  void messagesReadTogetherAreToldTogetherInTheirOrder() {
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    List<String> ids = IntStream.range(0, 5).mapToObj(_ -> send(provider)).toList();
    List<String> shuffled = new ArrayList<>(ids);
    Collections.rotate(shuffled, 2);

    ok(patient.request(READ, object("messageIds", shuffled, "roomId", room)));

    JsonNode told = provider.next(READ);
    assertThat(told.get("messageIds")).isEqualTo(array(ids.toArray()));
    assertThat(told.get("userId").asText()).isEqualTo(ann);
    provider.expectNone(READ);
  }

  @Test
  void sendingTellsThatWhatCameBeforeIsRead() {
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    String question = send(patient);

    send(provider);

    JsonNode told = patient.next(READ);
    assertThat(told.get("messageIds")).isEqualTo(array(question));
    assertThat(told.get("userId").asText()).isEqualTo(doc);
    assertThat(receipt(provider, doc)).isEqualTo("2,2");
  }

  @Test
  void receiptsAreCumulativeAndNeverMoveDown() {
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    String first = send(patient);
    send(patient);
    String third = send(patient);

    ok(provider.request(RECEIVED, upTo(2)));
    assertThat(receipt(provider, doc)).isEqualTo("2,0");
    ok(provider.request(READ, object("messageIds", array(first))));
    assertThat(receipt(provider, doc)).isEqualTo("2,1");
    ok(provider.request(READ, object("messageIds", array(third, first))));
    assertThat(receipt(provider, doc)).isEqualTo("3,3");
    patient.next(READ, told -> told.get("offset").asLong() == 3);

    var lower = List.of(upTo(0), upTo(1), object("messageId", first));
    lower.stream()
        .map(each -> provider.ask(RECEIVED, each))
        .toList()
        .forEach(reply -> ok(TestClient.await(reply)));
    ok(provider.request(READ, upTo(2)));
    assertThat(receipt(provider, doc)).isEqualTo("3,3");
  }

  @Test
  void whatAnyDeviceHasReceivedIsDeliveredToItsUser() {
    TestClient patient = clinic.patient(ann);
    TestClient phone = clinic.session(Tokens.provider(doc), "phone");
    TestClient laptop = clinic.session(Tokens.provider(doc), "laptop");
    send(patient);
    send(patient);

    ok(phone.request(RECEIVED, upTo(2)));
    ok(laptop.request(RECEIVED, upTo(1)));

    assertThat(receipt(patient, doc)).isEqualTo("2,0");
    assertThat(patient.next(DELIVERED).get("offset").asLong()).isEqualTo(2);
  }

  @Test
  void statusFollowsTheReceiptsOfAllOthers() {
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    TestClient other = clinic.provider(zed);
    send(patient);

    ok(provider.request(READ, upTo(1)));
    assertStatus(patient, "sent");
    ok(other.request(RECEIVED, upTo(1)));
    assertStatus(patient, "delivered");
    ok(other.request(READ, upTo(1)));
    assertStatus(patient, "read");
  }

  @Test
  void readingCountsDownWhatIsUnread() {
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    IntStream.range(0, 3).forEach(_ -> send(patient));

    ok(provider.request(RECEIVED, upTo(3)));
    assertThat(listed(provider).get("unread").asLong()).isEqualTo(3);
    ok(provider.request(READ, upTo(2)));

    JsonNode listed = listed(provider);
    assertThat(listed.get("unread").asLong()).isEqualTo(1);
    assertThat(listed.get("read").asLong()).isEqualTo(2);
    assertThat(listed.get("delivered").asLong()).isEqualTo(3);
  }

  @Test
  void messagesOfSeveralRoomsAreReadAtOnce() {
    String other = "visit:" + clinic.visit(ann, doc);
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    String here = send(patient);
    String there = send(patient, other);

    ok(provider.request(READ, object("messageIds", array(here, there))));

    assertThat(patient.next(READ, in(room)).get("messageIds")).isEqualTo(array(here));
    assertThat(patient.next(READ, in(other)).get("messageIds")).isEqualTo(array(there));
  }

  @Test
  void authorIsToldAtMostFourTimesASecondAndOfEveryMessageOnce() {
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    List<String> ids = IntStream.range(0, 8).mapToObj(_ -> send(patient)).toList();

    long started = System.nanoTime();
    for (int offset = 1; offset <= 8; offset++) {
      ok(provider.request(READ, upTo(offset)));
    }
    List<String> told = new ArrayList<>();
    int times = 0;
    for (; told.size() < 8; times++) {
      patient.next(READ).get("messageIds").forEach(id -> told.add(id.asText()));
    }

    long quarters = Duration.ofNanos(System.nanoTime() - started).toMillis() / 250;
    assertThat(times).isBetween(2, (int) quarters + 1);
    assertThat(told).isEqualTo(ids);
    patient.expectNone(READ);
  }

  @Test
  void inRoomsAbove50MembersNobodyIsToldButTheHistoryHasIt() {
    List<String> members =
        new ArrayList<>(IntStream.range(0, 49).mapToObj(_ -> newId("member")).toList());
    members.addAll(List.of(ann, doc));
    String large = "group:" + clinic.group(members.toArray(String[]::new));
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    send(patient, large);
    send(patient);

    ok(provider.request(READ, object("roomId", large, "offset", 1)));
    ok(provider.request(READ, upTo(1)));

    patient.next(READ, in(room));
    patient.expectNone(READ);
    assertThat(receipt(patient, large, doc)).isEqualTo("1,1");
  }

  @Test
  void authorWhoIsNoMemberAnyMoreIsNotTold() {
    TestClient gone = clinic.provider(zed);
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    send(gone);
    send(patient);
    Clinic.putVisit(clinic.backend(), visitId, ann, doc);

    ok(provider.request(READ, upTo(2)));

    patient.next(READ, by(doc));
    gone.takeAll(READ).forEach(told -> assertThat(told.get("userId").asText()).isEqualTo(ann));
    gone.expectNone(READ);
  }

  @Test
  void requestsThatNameNothingAreRefusedByName() {
    TestClient patient = clinic.patient(ann);
    String id = UUID.randomUUID().toString();

    refused(patient.request(RECEIVED, object()), "BAD_REQUEST", "messageId");
    refused(patient.request(READ, object()), "BAD_REQUEST", "messageIds");
    refused(patient.request(READ, object("messageIds", array())), "BAD_REQUEST", "messageIds");
    for (String event : List.of(RECEIVED, READ)) {
      refused(patient.request(event, object("roomId", room)), "BAD_REQUEST", "offset");
      refused(patient.request(event, object("offset", 1)), "BAD_REQUEST", "roomId");
      refused(patient.request(event, upTo(-1)), "BAD_REQUEST", "offset");
      refused(
          patient.request(event, object("roomId", "call:" + visitId, "offset", 0)),
          "BAD_REQUEST",
          "roomId");
    }
    for (String bad : List.of("m-1", "", id.substring(1), "1-1-1-1-1")) {
      refused(patient.request(RECEIVED, object("messageId", bad)), "BAD_REQUEST", "messageId");
      refused(
          patient.request(READ, object("messageIds", array(id, bad))),
          "BAD_REQUEST",
          "messageIds[1]");
    }
    refused(
        patient.request(READ, object("messageIds", Collections.nCopies(201, id))),
        "BAD_REQUEST",
        "messageIds");
  }

  @Test
  void offsetAboveTheTopIsRefusedToMembers() {
    TestClient patient = clinic.patient(ann);
    TestClient provider = clinic.provider(doc);
    send(patient);

    refused(provider.request(RECEIVED, upTo(2)), "BAD_REQUEST", "offset");
    refused(provider.request(READ, upTo(Long.MAX_VALUE)), "BAD_REQUEST", "offset");
    denied(clinic.patient(newId("eve")).request(READ, upTo(2)));
    assertThat(receipt(patient, doc)).isEqualTo("0,0");
  }

  @Test
  void unknownAndForeignMessagesAreDeniedAndAListWithOneIsRefusedAsAWhole() {
    String other = "visit:" + clinic.visit(newId("bob"), zed);
    String foreign = send(clinic.provider(zed), other);
    String own = send(clinic.patient(ann));
    String none = UUID.randomUUID().toString();
    TestClient provider = clinic.provider(doc);

    List<CompletableFuture<JsonNode>> replies = new ArrayList<>();
    for (String id : List.of(foreign, none)) {
      replies.add(provider.ask(RECEIVED, object("messageId", id)));
      replies.add(provider.ask(RECEIVED, object("messageId", id, "roomId", room)));
      replies.add(provider.ask(READ, object("messageIds", array(own, id))));
    }
    replies.add(provider.ask(RECEIVED, object("messageId", own, "roomId", other)));
    replies.add(provider.ask(READ, object("roomId", other, "offset", 1)));
    replies.add(provider.ask(READ, object("roomId", "visit:" + newId("visit"), "offset", 0)));
    for (CompletableFuture<JsonNode> reply : replies) {
      JsonNode refusal = TestClient.await(reply);
      denied(refusal);
      assertThat(refusal.get("error").asText()).isEqualTo("Access denied to this conversation");
    }
    assertThat(receipt(provider, doc)).isEqualTo("0,0");
  }

  @Test
  void adminsMayNameAnyMessageWithoutEffectAndLearnWhatIsNotThere() {
    TestClient patient = clinic.patient(ann);
    TestClient admin = clinic.admin(newId("root"));
    String message = send(patient);
    String none = UUID.randomUUID().toString();

    var here = admin.ask(READ, upTo(1));
    var named = admin.ask(RECEIVED, object("messageId", message));
    var above = admin.ask(READ, upTo(2));
    List<CompletableFuture<JsonNode>> unknown =
        List.of(
            admin.ask(RECEIVED, object("messageId", none)),
            admin.ask(READ, object("messageIds", array(message, none))),
            admin.ask(READ, object("roomId", "visit:" + newId("visit"), "offset", 0)));
    ok(TestClient.await(here));
    ok(TestClient.await(named));
    refused(TestClient.await(above), "BAD_REQUEST", "offset");
    unknown.forEach(reply -> refused(TestClient.await(reply), "NOT_FOUND"));

    ok(clinic.provider(doc).request(READ, upTo(1)));
    patient.next(READ, by(doc));
    patient.expectNone(READ);
  }

  @Test
  void inAChatWhoseUsersMayNotTalkAnyMoreReceiptsAreDenied() {
    String bob = newId("bob");
    String team = clinic.group(ann, bob);
    TestClient patient = clinic.patient(ann);
    TestClient other = clinic.patient(bob);
    String message =
        ok(patient.request("message:send", object("recipientId", bob, "message", "hello")))
            .at("/message/id")
            .asText();
    ok(other.request(RECEIVED, object("messageId", message)));

    var leftAlone = object("members", List.of(ann));
    assertThat(clinic.backend().put("/groups/" + team, leftAlone).status()).isEqualTo(200);

    denied(other.request(READ, object("messageIds", array(message))));
    denied(other.request(READ, object("roomId", "chat:" + ann + ":" + bob, "offset", 1)));
  }

  private ObjectNode upTo(long offset) {
    return object("roomId", room, "offset", offset);
  }

  private String send(TestClient client) {
    return send(client, room);
  }

  private static String send(TestClient client, String room) {
    return ok(client.request("message:send", object("roomId", room, "message", "hello")))
        .at("/message/id")
        .asText();
  }

  private static Predicate<JsonNode> by(String user) {
    return event -> event.get("userId").asText().equals(user);
  }

  private static Predicate<JsonNode> in(String room) {
    return event -> event.get("roomId").asText().equals(room);
  }

  /** Delivered and read, as the history says. */
  private String receipt(TestClient asker, String user) {
    return receipt(asker, room, user);
  }

  private static String receipt(TestClient asker, String room, String user) {
    JsonNode receipts =
        ok(asker.request("message:history", object("roomId", room))).get("receipts");
    return StreamSupport.stream(receipts.spliterator(), false)
        .filter(by(user))
        .map(receipt -> receipt.get("delivered") + "," + receipt.get("read"))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode listed(TestClient client) {
    return ok(client.request("room:list", object())).at("/rooms/0");
  }

  private void assertStatus(TestClient client, String status) {
    JsonNode history = ok(client.request("message:history", object("roomId", room)));
    assertThat(history.at("/messages/0/status").asText()).isEqualTo(status);
    assertThat(listed(client).at("/lastMessage/status").asText()).isEqualTo(status);
  }
}
