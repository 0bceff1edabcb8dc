package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.gateway.Verifying.await;
import static org.carewire.gateway.Verifying.failure;
import static org.carewire.gateway.Verifying.until;
import static org.carewire.protocol.PresenceStatus.BUSY;
import static org.carewire.protocol.PresenceStatus.OFFLINE;
import static org.carewire.protocol.PresenceStatus.ONLINE;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.carewire.gateway.Ward.Asked;
import org.carewire.gateway.Ward.Client;
import org.carewire.platform.Delivery;
import org.carewire.protocol.EndSession;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PutSession;
import org.carewire.protocol.ReadPresences;
import org.carewire.protocol.RefreshPresences;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SetIdle;
import org.carewire.protocol.SettleUser;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UnwatchUsers;
import org.carewire.protocol.UserId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From the first word of a session about presence to the last. */
class SubscriptionTest {
  private static final UserId DOC = new UserId("doc");
  private final Refusal unavailable = Refusal.unavailable("Not now");
  private final Refusal denied = Refusal.of(ErrorCode.ACCESS_DENIED, "No");

  private final PresenceWard ward = new PresenceWard();

  @AfterEach
  void close() {
    ward.close();
  }

  @Test
  void changeBetweenTheQuestionAndItsAnswerIsInWhatIsToldAtFirst() {
    Client ann = ward.client("ann");
    PresenceState before = ward.state("doc", OFFLINE);
    var subscribed = ward.subscribe(ann, "doc");
    Asked question = ward.nextAsked();

    ward.becomes("doc", ONLINE);
    question.answer(before);
    await(subscribed);

    assertThat(ann.peer().takeTold()).containsExactly("initial doc online");
  }

  @Test
  void nothingIsLeftOfARefusedSubscription() {
    Client ann = ward.client("ann");
    var subscribed = ward.subscribe(ann, "doc", "stranger");

    ward.nextAsked().refuse(denied);

    assertThat(failure(subscribed)).isInstanceOf(Refusal.class);
    assertNothingIsLeft(ann);
  }

  @Test
  void refusedSubscriptionTakesNothingFromAnotherOneOfTheSameUser() {
    Client ann = ward.client("ann");
    var good = ward.subscribe(ann, "doc");
    Asked goodQuestion = ward.nextAsked();
    var bad = ward.subscribe(ann, "doc", "stranger");

    ward.nextAsked().refuse(denied);
    failure(bad);
    goodQuestion.answer(ward.state("doc", ONLINE));
    await(good);
    ward.becomes("doc", BUSY);

    assertThat(ann.peer().takeTold()).containsExactly("initial doc online", "changed doc busy");
  }

  @Test
  void nothingIsToldNorLeftAfterUnsubscribing() {
    Client ann = ward.watcherOf(ward.state("doc", ONLINE));

    ward.run(() -> ward.presence.unwatch(ann.session(), new UnwatchUsers(List.of(DOC))));
    ward.becomes("doc", BUSY);

    assertThat(ann.peer().takeTold()).isEmpty();
    assertNothingIsLeft(ann);
  }

  @Test
  void nothingIsLeftOfAnEndedSession() {
    Client slow = ward.watcherOf(ward.state("doc", ONLINE));
    slow.peer().isSlow(Integer.MAX_VALUE);
    ward.becomes("doc", BUSY);
    var asking = ward.subscribe(slow, "ann");
    Asked question = ward.nextAsked();

    ward.end(slow);
    question.answer(ward.state("ann", ONLINE));
    await(asking);

    assertNothingIsLeft(slow);
  }

  @Test
  void whoIsTakenOffIsToldNothingUntilItIsKnownWhomItMayStillWatch() {
    Client watcher = ward.client("watcher");
    PresenceState may = ward.state("may", ONLINE);
    PresenceState mayNot = ward.state("mayNot", ONLINE);
    var subscribed = ward.subscribe(watcher, "may", "mayNot");
    ward.nextAsked().answer(may, mayNot);
    await(subscribed);
    watcher.peer().takeTold();

    ward.run(() -> ward.presence.membersSet(removed("watcher", "may", "mayNot")));
    Asked question = ward.nextAsked();
    ward.becomes("mayNot", BUSY);
    PresenceState busy = ward.becomes("may", BUSY);
    ward.pass(Watched.PAUSE);
    assertThat(watcher.peer().takeTold()).isEmpty();
    assertThat(((ReadPresences) question.command()).whole()).isFalse();
    question.answer(busy);

    awaitTold(watcher, "changed may busy");
    ward.becomes("mayNot", OFFLINE);
    assertThat(watcher.peer().takeTold()).isEmpty();
    assertThat(ward.watchedUsers).hasValue(1);
  }

  @Test
  void watcherOfSomeoneWhoIsTakenOffLosesTheRightToo() {
    Client watcher = ward.watcherOf(ward.state("doc", ONLINE));

    ward.run(() -> ward.presence.membersSet(removed("doc", "watcher")));
    ward.nextAsked().answer();

    until("dropped", () -> ward.watchedUsers.get() == 0);
    assertNothingIsLeft(watcher);
  }

  @Test
  void othersGoOnWatchingWithoutBeingAskedAfter() {
    Client watcher = ward.watcherOf(ward.state("doc", ONLINE));

    ward.run(() -> ward.presence.membersSet(removed("doc", "somebody")));
    ward.becomes("doc", BUSY);

    assertThat(watcher.peer().takeTold()).containsExactly("changed doc busy");
    assertThat(ward.takeAsked()).isEmpty();
  }

  @Test
  void answerFromBeforeTheRemovalCountsForNothing() {
    Client watcher = ward.client("watcher");
    var subscribed = ward.subscribe(watcher, "doc");
    Asked before = ward.nextAsked();
    ward.run(() -> ward.presence.membersSet(removed("doc", "watcher")));
    Asked after = ward.nextAsked();

    before.answer(ward.state("doc", ONLINE));
    await(subscribed);
    ward.becomes("doc", BUSY);

    assertThat(watcher.peer().takeTold()).isEmpty();
    after.answer();
    until("dropped", () -> ward.watchedUsers.get() == 0);
  }

  @Test
  void deviceThatReturnsWatchesAgainAsSoonAsPresenceIsThere() {
    Client ann = ward.client("ann");
    var before = new DeviceStore.Before(true, true, Set.of(), List.of(DOC, new UserId("lost")));

    ward.run(
        () -> {
          ward.presence.comesBack(ann.session(), ann.caller(), before);
          ward.presence.connected(ann.session(), ann.caller());
        });
    Asked put = ward.nextAsked();
    Asked question = ward.nextAsked();
    question.refuse(unavailable);
    Asked again = ward.nextAsked();
    ward.becomes("doc", BUSY);
    again.answer(ward.state("doc", BUSY));

    assertThat(((PutSession) put.command()).idle()).isTrue();
    awaitTold(ann, "initial doc busy");
    assertThat(ward.watchedUsers).hasValue(1);
  }

  @Test
  void doubtIsFollowedByALookAtEveryStateAndEveryRight() {
    Client watcher = ward.watcherOf(ward.state("doc", ONLINE));

    ward.run(ward.refreshing::doubt);
    Asked refresh = ward.nextAsked();
    assertThat(((RefreshPresences) refresh.command()).users()).containsExactly(DOC);
    refresh.refuse(unavailable);
    ward.clock.turn(Watched.PAUSE);
    ward.nextAsked().answer(ward.state("doc", BUSY));

    awaitTold(watcher, "changed doc busy");
    Asked rights = ward.nextAsked();
    assertThat(((ReadPresences) rights.command()).users()).containsExactly(DOC);
    rights.answer();
    until("dropped", () -> ward.watchedUsers.get() == 0);
  }

  @Test
  void whomRedisForgotIsOfflineUnlessThereIsLaterWord() {
    Client watcher = ward.watcherOf(ward.state("gone", ONLINE));
    var subscribed = ward.subscribe(watcher, "back");
    ward.nextAsked().answer(ward.state("back", OFFLINE));
    await(subscribed);
    watcher.peer().takeTold();

    ward.run(ward.refreshing::doubt);
    Asked refresh = ward.nextAsked();
    ward.becomes("back", ONLINE);
    refresh.answer(
        ((RefreshPresences) refresh.command())
            .users().stream().map(SubscriptionTest::unknown).toArray(PresenceState[]::new));

    awaitTold(watcher, "changed back online", "changed gone offline");
    ward.pass(Watched.PAUSE);
    assertThat(watcher.peer().takeTold()).isEmpty();
    PresenceState gone =
        ward.on(() -> ward.watching.all().stream().map(Watched::newest).toList()).stream()
            .filter(state -> state != null && state.userId().value().equals("gone"))
            .findFirst()
            .orElseThrow();
    assertThat(gone.lastSeen()).isNotNull();
  }

  @Test
  void whatPresenceCouldNotBeToldOfASessionIsToldLater() {
    Client ann = ward.client("ann");
    ward.run(() -> ward.presence.connected(ann.session(), ann.caller()));
    ward.nextAsked().refuse(unavailable);

    Asked again = ward.nextAsked();
    assertThat(again.command()).isInstanceOf(PutSession.class);
    again.isPut();
    ward.end(ann);
    ward.nextAsked().refuse(unavailable);

    Asked end = ward.nextAsked();
    assertThat(end.command()).isInstanceOf(EndSession.class);
    end.isSettled(0);
  }

  @Test
  void userOfAnEndedSessionIsSeenToUntilNothingIsLeft() {
    Client ann = ward.client("ann");
    ward.run(() -> ward.presence.connected(ann.session(), ann.caller()));
    ward.nextAsked().isPut();
    ward.end(ann);
    ward.nextAsked().isSettled(1);

    Asked first = ward.nextAsked();
    assertThat(first.command()).isInstanceOf(SettleUser.class);
    first.refuse(unavailable);
    Asked second = ward.nextAsked();
    assertThat(second.command()).isInstanceOf(SettleUser.class);
    second.isSettled(1);
    ward.nextAsked().isSettled(0);
  }

  @Test
  void idleIsToldAndStaysWithTheSession() {
    Client ann = ward.client("ann");

    var told = ward.on(() -> ward.presence.setIdle(ann.session(), ann.caller(), new SetIdle(true)));
    Asked put = ward.nextAsked();
    put.isPut();
    await(told);

    assertThat(((PutSession) put.command()).idle()).isTrue();
    ward.run(() -> ward.presence.tellAgain(ann.session(), ann.caller()));
    assertThat(((PutSession) ward.nextAsked().command()).idle()).isTrue();
  }

  @Test
  void sessionThatEndedBeforeItWasConnectedIsNotMentioned() {
    Client ann = ward.client("ann");
    ward.end(ann);

    ward.run(() -> ward.presence.connected(ann.session(), ann.caller()));
    Client next = ward.client("next");
    ward.run(() -> ward.presence.connected(next.session(), next.caller()));

    ward.nextAsked();
    assertThat(ward.takeAsked()).isEmpty();
  }

  private static PresenceState unknown(UserId user) {
    return new PresenceState(TenantId.DEFAULT, user, OFFLINE, null, null, Instant.EPOCH);
  }

  private static Delivery.MembersSet removed(String removed, String... members) {
    return new Delivery.MembersSet(
        TenantId.DEFAULT,
        Set.of(RoomId.parse("visit:v1")),
        Arrays.stream(members).map(UserId::new).collect(Collectors.toSet()),
        Set.of(new UserId(removed)));
  }

  private static void awaitTold(Client client, String... expected) {
    var told = new ArrayList<String>();
    until(
        "told " + List.of(expected) + ", but " + told,
        () -> {
          told.addAll(client.peer().takeTold());
          return told.size() >= expected.length;
        });
    assertThat(told).containsExactlyInAnyOrder(expected);
  }

  private void assertNothingIsLeft(Client client) {
    assertThat(ward.on(ward.watching::all)).isEmpty();
    assertThat(ward.watchedUsers).hasValue(0);
    assertThat(client.session().presence().watches()).isEmpty();
    assertThat(client.session().presence().isOwed()).isFalse();
  }
}
