package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.gateway.Verifying.until;
import static org.carewire.protocol.PresenceStatus.AWAY;
import static org.carewire.protocol.PresenceStatus.BUSY;
import static org.carewire.protocol.PresenceStatus.OFFLINE;
import static org.carewire.protocol.PresenceStatus.ONLINE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.carewire.gateway.Ward.Client;
import org.carewire.protocol.Limits;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PresenceStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which changes watchers are told, and when. */
class ToldChangesTest {
  private static final Duration MOMENT = Duration.ofMillis(20);

  private final PresenceWard ward = new PresenceWard();

  @AfterEach
  void close() {
    ward.close();
  }

  @Test
  void firstChangeIsToldAtOnceAndTheNextOnesTogetherAfterAPause() {
    Client watcher = ward.watcherOf(ward.state("doc", OFFLINE));

    ward.becomes("doc", ONLINE);
    assertThat(watcher.peer().takeTold()).containsExactly("changed doc online");
    ward.becomes("doc", BUSY);
    ward.becomes("doc", AWAY);
    ward.pass(MOMENT);
    assertThat(watcher.peer().takeTold()).isEmpty();
    ward.pass(Watched.PAUSE);

    assertThat(watcher.peer().takeTold()).containsExactly("changed doc away");
    assertThat(ward.told("coalesced")).isEqualTo(1);
    assertThat(ward.told("changed")).isEqualTo(2);
  }

  @Test
  void whatHasWaitedIsToldWithoutAnotherChange() {
    Client watcher = ward.watcherOf(ward.state("doc", OFFLINE));
    ward.becomes("doc", ONLINE);
    ward.becomes("doc", BUSY);

    ward.clock.turn(Watched.PAUSE);

    var told = new ArrayList<String>();
    until(
        "told", () -> told.addAll(watcher.peer().takeTold()) && told.contains("changed doc busy"));
  }

  @Test
  void changeThatIsTakenBackWithinThePauseIsNotTold() {
    Client watcher = ward.watcherOf(ward.state("doc", OFFLINE));
    ward.becomes("doc", ONLINE);
    watcher.peer().takeTold();

    ward.becomes("doc", OFFLINE);
    ward.becomes("doc", ONLINE);
    ward.pass(Watched.PAUSE);

    assertThat(watcher.peer().takeTold()).isEmpty();
  }

  @Test
  void nobodyIsToldMoreThanFiveTimesASecond() {
    Client watcher = ward.watcherOf(ward.state("doc", OFFLINE));

    for (int i = 0; i < 100; i++) {
      ward.becomes("doc", i % 2 == 0 ? BUSY : ONLINE);
      ward.pass(Duration.ofMillis(9));
    }

    assertThat(watcher.peer().takeTold()).hasSizeBetween(3, 5);
  }

  @Test
  void earlierStateThatComesLaterIsNotTold() {
    Client watcher = ward.watcherOf(ward.state("doc", OFFLINE));
    PresenceState earlier = ward.state("doc", BUSY);
    ward.becomes("doc", ONLINE);

    ward.run(() -> ward.watching.learn(earlier));
    ward.pass(Watched.PAUSE);

    assertThat(watcher.peer().takeTold()).containsExactly("changed doc online");
  }

  @Test
  void whatWatchersCannotSeeIsNoChange() {
    Client watcher = ward.watcherOf(ward.state("doc", ONLINE));

    ward.becomes("doc", ONLINE);

    assertThat(watcher.peer().takeTold()).isEmpty();
  }

  @Test
  void customStatusIsAChange() {
    Client watcher = ward.watcherOf(ward.state("doc", BUSY));
    PresenceState busy = ward.becomes("doc", BUSY);

    ward.run(
        () ->
            ward.watching.learn(
                new PresenceState(
                    busy.tenant(),
                    busy.userId(),
                    BUSY,
                    busy.lastSeen(),
                    "on rounds",
                    busy.at().plusMillis(1))));

    assertThat(watcher.peer().takeTold()).containsExactly("changed doc busy");
  }

  @Test
  void slowSessionIsToldTheLastStateOnceItHasRead() {
    Client slow = ward.watcherOf(ward.state("doc", OFFLINE));
    Client quick = ward.watcherOf(ward.state("doc", OFFLINE));
    slow.peer().isSlow(Limits.DEFAULT.queuedBytes() / 2);

    for (PresenceStatus status : List.of(ONLINE, BUSY, AWAY)) {
      ward.becomes("doc", status);
      ward.pass(Watched.PAUSE);
    }
    assertThat(slow.peer().takeTold()).isEmpty();
    assertThat(quick.peer().takeTold()).hasSize(3);
    slow.peer().isSlow(0);
    ward.pass(MOMENT);

    assertThat(slow.peer().takeTold()).containsExactly("changed doc away");
    assertThat(ward.told("owed")).isEqualTo(1);
    ward.becomes("doc", ONLINE);
    assertThat(slow.peer().takeTold()).containsExactly("changed doc online");
  }

  @Test
  void slowSessionIsNotToldWhatItHasBeenToldBefore() {
    Client slow = ward.watcherOf(ward.state("doc", ONLINE));
    slow.peer().isSlow(Limits.DEFAULT.queuedBytes() / 2);
    ward.becomes("doc", BUSY);
    ward.pass(Watched.PAUSE);
    ward.becomes("doc", ONLINE);

    slow.peer().isSlow(0);
    ward.pass(Watched.PAUSE);

    assertThat(slow.peer().takeTold()).isEmpty();
  }

  @Test
  void whoComesLaterIsToldWhatTheOthersWereAndThenTheSame() {
    Client first = ward.watcherOf(ward.state("doc", OFFLINE));
    ward.becomes("doc", ONLINE);
    PresenceState busy = ward.becomes("doc", BUSY);
    Client second = ward.client("second");
    var subscribed = ward.subscribe(second, "doc");
    ward.nextAsked().answer(busy);
    Verifying.await(subscribed);

    assertThat(second.peer().takeTold()).containsExactly("initial doc online");
    ward.pass(Watched.PAUSE);

    assertThat(second.peer().takeTold()).containsExactly("changed doc busy");
    assertThat(first.peer().takeTold()).containsExactly("changed doc online", "changed doc busy");
  }
}
