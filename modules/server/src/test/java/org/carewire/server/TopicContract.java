package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.assertIsTime;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who subscribes to topics is notified of what is posted there; what is planned comes in time. */
abstract class TopicContract extends Contract {
  private static final int MAY_BE_SUBSCRIBED = 5;

  private String ann = "";
  private String topic = "";

  @Override
  Map<String, String> settings() {
    return Map.of("limits.topicSubscriptions", Integer.toString(MAY_BE_SUBSCRIBED));
  }

  @BeforeEach
  void nameThem() {
    ann = newId("ann");
    topic = newId("topic");
  }

  @Test
  void whoSubscribesIsNotifiedAndNobodyElse() {
    TestClient phone = clinic.session(Tokens.patient(ann), "phone");
    TestClient tablet = clinic.session(Tokens.patient(ann), "tablet");
    TestClient other = clinic.patient(newId("bob"));
    subscribe(phone, topic);

    String post = Notices.postToTopic(clinic.backend(), topic, Notices.content("News"));

    JsonNode told = phone.next("notification:new");
    assertThat(told.get("topic").asText()).isEqualTo(topic);
    assertThat(told.get("title").asText()).isEqualTo("News");
    assertThat(told.get("roomId").asText()).isEqualTo("notifications:" + ann);
    assertThat(told.get("id").asText()).isNotEqualTo(post);
    assertThat(tablet.next("notification:new")).isEqualTo(told);
    assertThat(tablet.next("notification:unreadCount").get("unreadCount").asLong()).isEqualTo(1);
    other.expectNone("notification:new");
  }

  @Test
  void askingSessionIsToldWhatItSubscribesTo() {
    TestClient phone = clinic.session(Tokens.patient(ann), "phone");
    TestClient tablet = clinic.session(Tokens.patient(ann), "tablet");
    String another = newId("topic");

    assertThat(ok(phone.request("notification:subscribe", topics(topic, another, topic))))
        .isEqualTo(object("success", true));

    JsonNode subscribed = phone.next("notification:subscribed");
    assertThat(subscribed.get("topics")).isEqualTo(array(topic, another));
    assertIsTime(subscribed.get("timestamp"));
    assertThat(ok(phone.request("notification:unsubscribe", topics(another, newId("none")))))
        .isEqualTo(object("success", true));
    JsonNode unsubscribed = phone.next("notification:unsubscribed");
    assertThat(unsubscribed.get("topics").get(0).asText()).isEqualTo(another);
    assertIsTime(unsubscribed.get("timestamp"));
    tablet.expectNone("notification:subscribed");
    tablet.expectNone("notification:unsubscribed");
  }

  @Test
  void subscriptionLastsWithoutAnySession() {
    TestClient phone = clinic.session(Tokens.patient(ann), "phone");
    phone.next("session:caughtUp");
    subscribe(phone, topic);
    phone.drop();
    String bob = newId("bob");
    TestClient witness = clinic.patient(bob);
    subscribe(witness, topic);

    Notices.postToTopic(clinic.backend(), topic, Notices.content("While away"));
    witness.next("notification:new");

    // Users come in order of their ids: hers was before his.
    TestClient back = clinic.session(Tokens.patient(ann), "phone");
    assertThat(back.next("notification:new").get("title").asText()).isEqualTo("While away");
    back.next("session:caughtUp");
    Notices.postToTopic(clinic.backend(), topic, Notices.content("While there"));
    assertThat(back.next("notification:new").get("title").asText()).isEqualTo("While there");
    TestClient tablet = clinic.session(Tokens.patient(ann), "tablet");
    JsonNode list = ok(tablet.request("notification:list", object()));
    assertThat(each(list.get("notifications"), "title"))
        .containsExactly("While there", "While away");
  }

  @Test
  void whoUnsubscribesIsNotifiedNoMore() {
    TestClient patient = clinic.patient(ann);
    TestClient other = clinic.patient(newId("bob"));
    subscribe(patient, topic);
    subscribe(other, topic);

    ok(clinic.patient(ann).request("notification:unsubscribe", topics(topic)));
    Notices.postToTopic(clinic.backend(), topic, Notices.content("News"));

    other.next("notification:new");
    patient.expectNone("notification:new");
    subscribe(patient, topic);
    Notices.postToTopic(clinic.backend(), topic, Notices.content("More"));
    assertThat(patient.next("notification:new").get("title").asText()).isEqualTo("More");
    patient.expectNone("notification:new");
  }

  @Test
  void subscribingTwiceNotifiesOnce() {
    TestClient phone = clinic.session(Tokens.patient(ann), "phone");
    TestClient tablet = clinic.session(Tokens.patient(ann), "tablet");
    subscribe(phone, topic);
    subscribe(tablet, topic);

    Notices.postToTopic(clinic.backend(), topic, Notices.content("First"));
    Notices.postToTopic(clinic.backend(), topic, Notices.content("Second"));

    List<JsonNode> came = List.of(phone.next("notification:new"), phone.next("notification:new"));
    assertThat(each(came, "title")).containsExactlyInAnyOrder("First", "Second");
    phone.expectNone("notification:new");
  }

  @Test
  void userSubscribesToSoManyTopicsAndNoMore() {
    TestClient phone = clinic.session(Tokens.patient(ann), "phone");
    TestClient tablet = clinic.session(Tokens.patient(ann), "tablet");
    List<String> most =
        IntStream.range(0, MAY_BE_SUBSCRIBED).mapToObj(_ -> newId("topic")).toList();
    subscribe(phone, most.toArray(String[]::new));

    refused(tablet.request("notification:subscribe", topics(topic)), "BAD_REQUEST", "topics");
    subscribe(tablet, most.toArray(String[]::new));
    refused(
        tablet.request("notification:subscribe", topics(most.getFirst(), topic)),
        "BAD_REQUEST",
        "topics");
    ok(phone.request("notification:unsubscribe", topics(most.getFirst())));
    subscribe(tablet, topic);
    tablet.expectNone("notification:subscribed");
  }

  @Test
  void topicsThatAreNoneOrTooManyAreRefused() {
    TestClient patient = clinic.patient(ann);

    for (String event : List.of("notification:subscribe", "notification:unsubscribe")) {
      refused(patient.request(event, object()), "BAD_REQUEST", "topics");
      refused(patient.request(event, topics()), "BAD_REQUEST", "topics");
      refused(patient.request(event, object("topics", topic)), "BAD_REQUEST", "topics");
      refused(patient.request(event, topics(topic, "a b")), "BAD_REQUEST", "topics[1]");
      refused(patient.request(event, topics("x".repeat(65))), "BAD_REQUEST", "topics[0]");
      refused(patient.request(event, object("topics", array(5))), "BAD_REQUEST", "topics[0]");
      refused(
          patient.request(event, object("topics", Collections.nCopies(201, topic))),
          "BAD_REQUEST",
          "topics");
      refused(
          patient.request(event, object("topics", Collections.nCopies(801, topic))),
          "TOO_LARGE",
          "topics");
    }
    patient.expectNone("notification:subscribed");
    patient.expectNone("notification:unsubscribed");
  }

  @Test
  void topicOfAnotherTenantIsAnotherTopic() {
    TestClient here = clinic.patient(ann);
    TestClient there = clinic.session(Tokens.of(ann).tenant("elsewhere").sign());
    subscribe(here, topic);
    subscribe(there, topic);

    Notices.postToTopic(
        clinic.api(Tokens.of("backend").role("service").tenant("elsewhere").sign()),
        topic,
        Notices.content("Elsewhere"));
    assertThat(there.next("notification:new").get("title").asText()).isEqualTo("Elsewhere");
    Notices.postToTopic(clinic.backend(), topic, Notices.content("Here"));

    assertThat(here.next("notification:new").get("title").asText()).isEqualTo("Here");
    here.expectNone("notification:new");
    there.expectNone("notification:new");
  }

  @Test
  void plannedOneComesInTimeAndNotBefore() {
    TestClient patient = clinic.patient(ann);
    Instant at = Instant.now().plusMillis(1_200);

    String id =
        Notices.post(clinic.backend(), Notices.to(ann).put("sendAt", at.toString())).getFirst();
    assertThat(ok(patient.request("notification:list", object())).get("notifications")).isEmpty();
    assertThat(unread(patient)).isZero();
    patient.expectNone("notification:new");

    JsonNode came = patient.next("notification:new");
    Instant now = Instant.now();
    assertThat(came.get("id").asText()).isEqualTo(id);
    assertThat(now).isBetween(at, at.plusSeconds(1));
    assertThat(Instant.parse(came.get("timestamp").asText()))
        .isBetween(at.minusMillis(1), at.plusSeconds(1));
    assertThat(unread(patient)).isEqualTo(1);
  }

  @Test
  void whatIsPlannedForATopicGoesToThoseWhoSubscribeThen() {
    TestClient patient = clinic.patient(ann);
    Instant at = Instant.now().plusMillis(1_200);

    Notices.postToTopic(
        clinic.backend(), topic, Notices.content("Planned").put("sendAt", at.toString()));
    subscribe(patient, topic);

    assertThat(patient.next("notification:new").get("title").asText()).isEqualTo("Planned");
    assertThat(Instant.now()).isBetween(at, at.plusSeconds(1));
  }

  @Test
  void cancelledOnesNeverCome() {
    TestClient patient = clinic.patient(ann);
    subscribe(patient, topic);
    String soon = Instant.now().plusMillis(1_000).toString();
    String id = Notices.post(clinic.backend(), Notices.to(ann).put("sendAt", soon)).getFirst();
    String post =
        Notices.postToTopic(
            clinic.backend(), topic, Notices.content("Cancelled").put("sendAt", soon));

    for (String cancelled : List.of(id, post)) {
      assertThat(clinic.backend().call("DELETE", "/notifications/" + cancelled, "").status())
          .isEqualTo(204);
    }

    String later = Instant.now().plusMillis(1_300).toString();
    Notices.post(clinic.backend(), Notices.to(ann).put("title", "Later").put("sendAt", later));
    assertThat(patient.next("notification:new").get("title").asText()).isEqualTo("Later");
    patient.expectNone("notification:new");
    assertThat(unread(patient)).isEqualTo(1);
  }

  @Test
  void whatWasPlannedInThePastComesNow() {
    TestClient patient = clinic.patient(ann);
    subscribe(patient, topic);
    ObjectNode past = Notices.content("Late").put("sendAt", "2020-01-31T09:30:00Z");

    Instant before = Instant.now();
    Notices.post(clinic.backend(), past.deepCopy().put("userId", ann));
    Notices.postToTopic(clinic.backend(), topic, past);

    for (int i = 0; i < 2; i++) {
      JsonNode came = patient.next("notification:new");
      assertThat(Instant.parse(came.get("timestamp").asText())).isAfter(before.minusSeconds(1));
    }
  }

  private static void subscribe(TestClient client, String... topics) {
    ok(client.request("notification:subscribe", topics(topics)));
    client.next("notification:subscribed");
  }

  private static long unread(TestClient client) {
    return ok(client.request("notification:getUnreadCount", object())).get("unreadCount").asLong();
  }

  private static ObjectNode topics(String... topics) {
    return object("topics", List.of(topics));
  }
}
