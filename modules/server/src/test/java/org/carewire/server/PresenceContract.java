package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.assertIsTime;
import static org.carewire.server.Replies.denied;
import static org.carewire.server.Replies.each;
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
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;

/** Who is there, what others see of it, and who may. */
abstract class PresenceContract extends VisitContract {
  private static final int MAY_BE_WATCHED = 5;
  private static final Duration POLLED_EVERY = Duration.ofMillis(10);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Duration BETWEEN_CHANGES = Duration.ofMillis(200);

  @Override
  Map<String, String> settings() {
    return Map.of("limits.presenceSubscriptions", Integer.toString(MAY_BE_WATCHED));
  }

  @Test
  void whoIsThereIsSeenByOneselfAndThoseWhoShareAVisitAGroupOrAChat() {
    String gus = newId("gus");
    String zed = newId("zed");
    clinic.group(ann, gus);
    TestClient patient = clinic.patient(ann);
    TestClient stranger = clinic.provider(zed);
    denied(stranger.request("presence:get", users(ann)));
    ok(stranger.request("message:send", object("recipientId", ann, "message", "hello")));

    awaitStatus(patient, ann, "online");

    for (TestClient seer :
        List.of(
            patient, clinic.provider(doc), clinic.patient(gus), stranger, clinic.admin("wes"))) {
      JsonNode seen = presence(seer, ann);
      assertThat(seen.get("userId").asText()).isEqualTo(ann);
      assertThat(seen.get("status").asText()).isEqualTo("online");
      assertThat(seen.get("isOnline").asBoolean()).isTrue();
      assertIsTime(seen.get("lastSeen"));
      assertThat(seen.has("customStatus")).isFalse();
    }
  }

  @Test
  void whoWasNeverThereIsOfflineAndWasNeverSeen() {
    JsonNode seen = presence(clinic.patient(ann), doc);

    assertThat(seen)
        .isEqualTo(
            object("userId", doc, "status", "offline", "isOnline", false)
                .set("lastSeen", object().nullNode()));
  }

  @Test
  void eachIsAnsweredOnceInTheOrderOfAsking() {
    TestClient patient = clinic.patient(ann);

    JsonNode reply = ok(patient.request("presence:get", users(doc, ann, doc)));

    assertThat(each(reply.get("presences"), "userId")).containsExactly(doc, ann);
    assertThat(ok(patient.request("presence:get", users())).get("presences")).isEmpty();
  }

  @Test
  void listThatNamesAStrangerIsRefusedWhole() {
    String eve = newId("eve");
    TestClient patient = clinic.patient(ann);
    TestClient witness = clinic.patient(ann);
    TestClient there = clinic.session(Tokens.of(ann).tenant("elsewhere").sign());

    for (String event : List.of("presence:get", "presence:subscribe")) {
      denied(patient.request(event, users(doc, eve)));
      denied(clinic.patient(eve).request(event, users(eve, ann)));
      denied(clinic.provider(newId("zed")).request(event, users(ann)));
      denied(there.request(event, users(doc)));
      refused(clinic.admin("wes").request(event, users(ann, newId("none"))), "NOT_FOUND");
    }

    watch(witness, doc);
    clinic.provider(doc);
    nextStatus(witness, doc, "online");
    for (TestClient refused : List.of(patient, there)) {
      refused.expectNone("presence:changed");
      refused.expectNone("presence:initial");
    }
  }

  @Test
  void listOfUsersThatIsNoneOrTooLongIsRefused() {
    TestClient patient = clinic.patient(ann);

    for (String event : List.of("presence:get", "presence:subscribe", "presence:unsubscribe")) {
      refused(patient.request(event, object()), "BAD_REQUEST", "userIds");
      refused(patient.request(event, object("userIds", doc)), "BAD_REQUEST", "userIds");
      refused(patient.request(event, object("userIds", array(5))), "BAD_REQUEST", "userIds[0]");
      refused(patient.request(event, users(doc, "a b")), "BAD_REQUEST", "userIds[1]");
      refused(patient.request(event, copies(201)), "BAD_REQUEST", "userIds");
      refused(patient.request(event, copies(801)), "TOO_LARGE", "userIds");
      ok(patient.request(event, copies(200)));
    }
  }

  @Test
  void statusOutOfRangeIsRefused() {
    TestClient patient = clinic.patient(ann);

    refused(patient.request("presence:setStatus", object()), "BAD_REQUEST", "status");
    for (Object bad : List.of("offline", "invisible", "Busy", "", 5, array("busy"))) {
      refused(
          patient.request("presence:setStatus", object("status", bad)), "BAD_REQUEST", "status");
    }
    for (Object bad : List.of("x".repeat(141), 5, array("x"), "\0")) {
      refused(
          patient.request("presence:setStatus", object("status", "busy", "customStatus", bad)),
          "BAD_REQUEST",
          "customStatus");
    }
    refused(
        patient.request(
            "presence:setStatus", object("status", "busy", "customStatus", "x".repeat(561))),
        "TOO_LARGE",
        "customStatus");
    awaitStatus(patient, ann, "online");
    patient.expectNone("presence:statusUpdated");
  }

  @Test
  void activityIsTrueOrFalse() {
    TestClient patient = clinic.patient(ann);

    refused(patient.request("presence:activity", object()), "BAD_REQUEST", "idle");
    for (Object bad : List.of("true", 1, array(), object())) {
      refused(patient.request("presence:activity", object("idle", bad)), "BAD_REQUEST", "idle");
    }
  }

  @Test
  void statusThatIsSetIsOfTheUserAndToldToAllSessions() {
    TestClient watcher = clinic.provider(doc);
    watch(watcher, ann);
    TestClient phone = clinic.session(Tokens.patient(ann), "phone");
    TestClient tablet = clinic.session(Tokens.patient(ann), "tablet");
    nextStatus(watcher, ann, "online");

    for (String status : List.of("away", "busy", "in_call")) {
      setStatus(phone, status, status + " for a while");

      for (TestClient session : List.of(phone, tablet)) {
        JsonNode told = session.next("presence:statusUpdated");
        assertThat(told.get("userId").asText()).isEqualTo(ann);
        assertThat(told.get("status").asText()).isEqualTo(status);
        assertThat(told.get("customStatus").asText()).isEqualTo(status + " for a while");
        assertIsTime(told.get("timestamp"));
      }
      JsonNode changed = nextStatus(watcher, ann, status);
      assertThat(changed.get("customStatus").asText()).isEqualTo(status + " for a while");
      assertIsTime(changed.get("lastSeen"));
      assertIsTime(changed.get("timestamp"));
      assertThat(presence(watcher, ann).get("customStatus").asText())
          .isEqualTo(status + " for a while");
    }
    watcher.expectNone("presence:statusUpdated");
  }

  @Test
  void statusThatIsSetLastReplacesTheOneBefore() {
    TestClient watcher = clinic.provider(doc);
    watch(watcher, ann);
    TestClient phone = clinic.session(Tokens.patient(ann), "phone");
    TestClient tablet = clinic.session(Tokens.patient(ann), "tablet");

    setStatus(phone, "busy", "x".repeat(140));
    assertThat(nextStatus(watcher, ann, "busy").get("customStatus").asText()).hasSize(140);
    ok(tablet.request("presence:setStatus", object("status", "away")));

    assertThat(nextStatus(watcher, ann, "away").has("customStatus")).isFalse();
    assertThat(presence(watcher, ann).has("customStatus")).isFalse();
    setStatus(phone, "away", " ");
    assertThat(phone.next("presence:statusUpdated", told -> is(told, "away")).has("customStatus"))
        .isFalse();
  }

  @Test
  void userIsAwayWhileAllDevicesAreIdleUnlessAStatusIsSet() {
    TestClient watcher = clinic.provider(doc);
    watch(watcher, ann);
    TestClient phone = clinic.session(Tokens.patient(ann), "phone");
    TestClient tablet = clinic.session(Tokens.patient(ann), "tablet");
    nextStatus(watcher, ann, "online");

    idle(phone, true);
    assertThat(presence(phone, ann).get("status").asText()).isEqualTo("online");
    idle(tablet, true);
    nextStatus(watcher, ann, "away");
    idle(phone, false);
    nextStatus(watcher, ann, "online");
    idle(phone, true);
    nextStatus(watcher, ann, "away");
    ok(phone.request("presence:setStatus", object("status", "online")));
    nextStatus(watcher, ann, "online");
  }

  @Test
  void watcherIsToldWhatIsThenWhatChanges() {
    TestClient watcher = clinic.provider(doc);

    ok(watcher.request("presence:subscribe", users(ann)));

    // With the reply it is there already.
    List<JsonNode> initial = watcher.takeAll("presence:initial");
    assertThat(initial).hasSize(1);
    assertThat(initial.getFirst().at("/presences/0/userId").asText()).isEqualTo(ann);
    assertThat(initial.getFirst().at("/presences/0/status").asText()).isEqualTo("offline");
    watcher.expectNone("presence:changed");
    TestClient patient = clinic.patient(ann);
    JsonNode changed = watcher.next("presence:changed");
    assertThat(changed.get("status").asText()).isEqualTo("online");
    assertIsTime(changed.get("lastSeen"));
    patient.expectNone("presence:changed");

    ok(watcher.request("presence:subscribe", users(ann)));
    assertThat(watcher.next("presence:initial").at("/presences/0/status").asText())
        .isEqualTo("online");
    ok(patient.request("presence:setStatus", object("status", "busy")));
    nextStatus(watcher, ann, "busy");
    watcher.expectNone("presence:changed");
  }

  @Test
  void watchingEndsWithUnsubscribe() {
    TestClient one = clinic.provider(doc);
    TestClient other = clinic.provider(doc);
    watch(one, ann);
    watch(other, ann);

    ok(one.request("presence:unsubscribe", users(ann, newId("eve"))));
    clinic.patient(ann);

    nextStatus(other, ann, "online");
    one.expectNone("presence:changed");
    watch(one, ann);
    ok(other.request("presence:unsubscribe", users(ann)));
    ok(clinic.patient(ann).request("presence:setStatus", object("status", "busy")));
    nextStatus(one, ann, "busy");
    other.expectNone("presence:changed");
  }

  @Test
  void changesComeFiveTimesASecondAtMostAndTheLastOneAlways() {
    TestClient watcher = clinic.provider(doc);
    watch(watcher, ann);
    TestClient patient = clinic.patient(ann);
    nextStatus(watcher, ann, "online");

    long began = System.nanoTime();
    int sets = 60;
    for (int i = 1; i < sets; i++) {
      setStatus(patient, i % 2 == 0 ? "busy" : "away", "number " + i);
    }
    setStatus(patient, "busy", "the last");

    List<JsonNode> changes = new ArrayList<>();
    do {
      changes.add(watcher.next("presence:changed"));
    } while (!changes.getLast().get("customStatus").asText().equals("the last"));
    long took = System.nanoTime() - began;
    // One may have waited for its turn already when the clock began.
    assertThat(changes.size()).isLessThanOrEqualTo((int) (took / BETWEEN_CHANGES.toNanos()) + 2);
    assertThat(each(changes, "timestamp")).isSorted().doesNotHaveDuplicates();
    watcher.expectNone("presence:changed");
  }

  @Test
  void sessionWatchesSoManyUsersAndNoMore() {
    List<String> crowd = IntStream.range(0, MAY_BE_WATCHED + 1).mapToObj(i -> newId("u")).toList();
    List<String> most = crowd.subList(0, MAY_BE_WATCHED);
    String oneMore = crowd.getLast();
    var members = new ArrayList<>(crowd);
    members.add(ann);
    clinic.group(members.toArray(String[]::new));
    TestClient greedy = clinic.patient(ann);

    refused(
        greedy.request("presence:subscribe", object("userIds", crowd)), "BAD_REQUEST", "userIds");
    ok(greedy.request("presence:subscribe", object("userIds", most)));
    ok(greedy.request("presence:subscribe", object("userIds", most)));
    refused(
        greedy.request("presence:subscribe", users(most.getFirst(), oneMore)),
        "BAD_REQUEST",
        "userIds");
    ok(greedy.request("presence:unsubscribe", users(most.getFirst())));
    ok(greedy.request("presence:subscribe", users(oneMore)));

    assertThat(greedy.takeAll("presence:initial")).hasSize(3);
    clinic.patient(oneMore);
    nextStatus(greedy, oneMore, "online");
  }

  @Test
  void watchingEndsWhenTheReasonForItEnds() {
    String sis = newId("sis");
    String bob = newId("bob");
    String kim = newId("kim");
    String visit = clinic.visit(ann, doc, sis, bob);
    clinic.visit(bob, kim);
    Clinic.putVisit(clinic.backend(), room.substring("visit:".length()), ann, kim);
    TestClient patient = clinic.patient(ann);
    TestClient leaver = clinic.patient(bob);
    TestClient takenOff = clinic.provider(doc);
    TestClient stays = clinic.provider(sis);
    TestClient sharesMore = clinic.provider(kim);
    TestClient admin = clinic.admin("wes");
    for (TestClient client : List.of(takenOff, stays)) {
      ok(client.request("room:join", object("roomId", "visit:" + visit)));
    }
    watch(takenOff, ann);
    watch(stays, ann, bob);
    watch(sharesMore, bob);
    watch(admin, bob);

    Clinic.putVisit(clinic.backend(), visit, ann, kim, sis);
    stays.next("room:userLeft");
    ok(patient.request("presence:setStatus", object("status", "busy")));
    ok(leaver.request("presence:setStatus", object("status", "busy")));

    nextStatus(stays, ann, "busy");
    nextStatus(admin, bob, "busy");
    awaitTold(sharesMore, bob, "busy");
    assertThat(statusesTold(takenOff, ann)).doesNotContain("busy");
    assertThat(statusesTold(stays, bob)).doesNotContain("busy");
    denied(takenOff.request("presence:get", users(ann)));
  }

  @Test
  void deviceThatReturnsWatchesOnAndIsIdleIfItWas() {
    String kim = newId("kim");
    clinic.visit(kim, doc);
    TestClient tablet = clinic.session(Tokens.provider(doc), "tablet");
    watch(tablet, ann, kim);
    ok(tablet.request("presence:unsubscribe", users(kim)));
    idle(tablet, true);
    assertThat(presence(tablet, doc).get("status").asText()).isEqualTo("away");
    tablet.drop();

    TestClient back = clinic.session(Tokens.provider(doc), "tablet");

    assertThat(presence(back, doc).get("status").asText()).isEqualTo("away");
    assertThat(each(back.next("presence:initial").get("presences"), "userId")).containsExactly(ann);
    TestClient patient = clinic.patient(ann);
    clinic.patient(kim);
    awaitStatus(back, kim, "online");
    nextStatus(back, ann, "online");
    back.expectNone("presence:changed");
    idle(back, false);
    awaitStatus(patient, doc, "online");
  }

  /**
   * All that must be waited for, at once: bob leaves, cat leaves one of two devices, ann returns.
   */
  @Test
  void whoLeavesIsOfflineAfterFiveSecondsAndWhoReturnsBeforeWasNeverAway() {
    String bob = newId("bob");
    String cat = newId("cat");
    clinic.group(ann, bob, cat, doc);
    TestClient watcher = clinic.provider(doc);
    watch(watcher, ann, bob, cat);
    TestClient annsPhone = clinic.session(Tokens.patient(ann), "phone");
    TestClient bobsPhone = clinic.session(Tokens.patient(bob), "phone");
    TestClient catsPhone = clinic.session(Tokens.patient(cat), "phone");
    idle(catsPhone, true);
    TestClient catsTablet = clinic.session(Tokens.patient(cat), "tablet");
    for (TestClient client : List.of(annsPhone, bobsPhone)) {
      setStatus(client, "busy", "Back at ten");
    }
    nextStatus(watcher, ann, "busy");
    nextStatus(watcher, bob, "busy");
    awaitStatus(watcher, cat, "online");

    annsPhone.drop();
    TestClient annsTablet = clinic.session(Tokens.patient(ann), "tablet");
    long left = System.nanoTime();
    catsTablet.drop();
    bobsPhone.drop();
    watcher.takeAll("presence:changed");

    JsonNode gone =
        watcher.next("presence:changed", change -> isOf(change, bob), GRACE.multipliedBy(2));
    assertThat(Duration.ofNanos(System.nanoTime() - left))
        .isBetween(GRACE.minusMillis(500), GRACE.plusSeconds(3));
    assertThat(gone.get("status").asText()).isEqualTo("offline");
    assertThat(gone.has("customStatus")).isFalse();
    assertIsTime(gone.get("lastSeen"));
    JsonNode seen = presence(watcher, bob);
    assertThat(seen.get("status").asText()).isEqualTo("offline");
    assertThat(seen.get("isOnline").asBoolean()).isFalse();
    assertThat(seen.get("lastSeen")).isEqualTo(gone.get("lastSeen"));
    nextStatus(watcher, cat, "away");
    assertThat(statusesTold(watcher, ann)).isEmpty();
    assertThat(presence(watcher, ann).get("customStatus").asText()).isEqualTo("Back at ten");
    assertThat(presence(annsTablet, ann).get("status").asText()).isEqualTo("busy");
    clinic.patient(bob);
    assertThat(nextStatus(watcher, bob, "online").has("customStatus")).isFalse();
  }

  private static void watch(TestClient watcher, String... users) {
    ok(watcher.request("presence:subscribe", users(users)));
    watcher.next("presence:initial");
  }

  private static void setStatus(TestClient client, String status, String customStatus) {
    ok(
        client.request(
            "presence:setStatus", object("status", status, "customStatus", customStatus)));
  }

  private static void idle(TestClient client, boolean idle) {
    ok(client.request("presence:activity", object("idle", idle)));
  }

  private static JsonNode presence(TestClient asker, String user) {
    return ok(asker.request("presence:get", users(user))).at("/presences/0");
  }

  /** That a session has come is known a little later than it is told so. */
  private static void awaitStatus(TestClient asker, String user, String status) {
    long giveUpAt = System.nanoTime() + TestClient.DEADLINE.toNanos();
    String seen;
    do {
      LockSupport.parkNanos(POLLED_EVERY.toNanos());
      seen = presence(asker, user).get("status").asText();
    } while (!seen.equals(status) && System.nanoTime() < giveUpAt);
    assertThat(seen).isEqualTo(status);
  }

  /** Waits until the watcher is told of it as a change. */
  private static JsonNode nextStatus(TestClient watcher, String user, String status) {
    return watcher.next("presence:changed", change -> isOf(change, user) && is(change, status));
  }

  /** The same, or in one of the lists that watching begins with. */
  private static void awaitTold(TestClient watcher, String user, String status) {
    long giveUpAt = System.nanoTime() + TestClient.DEADLINE.toNanos();
    boolean isTold;
    do {
      isTold = statusesTold(watcher, user).contains(status);
    } while (!isTold && System.nanoTime() < giveUpAt);
    assertThat(isTold).isTrue();
  }

  /** What has come, in lists or as changes. */
  private static List<String> statusesTold(TestClient watcher, String user) {
    watcher.fence();
    List<JsonNode> told = new ArrayList<>();
    watcher
        .takeAll("presence:initial")
        .forEach(initial -> initial.get("presences").forEach(told::add));
    told.addAll(watcher.takeAll("presence:changed"));
    return each(told.stream().filter(one -> isOf(one, user)).toList(), "status");
  }

  private static boolean isOf(JsonNode told, String user) {
    return told.get("userId").asText().equals(user);
  }

  private static boolean is(JsonNode told, String status) {
    return told.get("status").asText().equals(status);
  }

  private static ObjectNode users(String... users) {
    return object("userIds", List.of(users));
  }

  private ObjectNode copies(int count) {
    return object("userIds", Collections.nCopies(count, doc));
  }
}
