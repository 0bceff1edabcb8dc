package org.carewire.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.rooms.Appends.by;
import static org.carewire.rooms.Appends.named;
import static org.carewire.rooms.RoomsDatabase.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.carewire.platform.Outage;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.UserId;
import org.carewire.rooms.Appended.Repeated;
import org.carewire.rooms.Appended.Stored;
import org.carewire.testkit.PostgresProxy;
import org.carewire.testkit.PostgresProxy.Moment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The connection is cut while a batch is being committed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UncertainCommitTest {
  private RoomsDatabase database;
  private PostgresProxy network;
  private SimpleMeterRegistry metrics;
  private LoopQueue queue;

  @BeforeAll
  void openDatabase() {
    database = new RoomsDatabase();
  }

  @AfterAll
  void closeDatabase() {
    database.close();
  }

  @BeforeEach
  void open() {
    network = database.network();
    metrics = new SimpleMeterRegistry();
    queue = database.queue(network, metrics);
  }

  @AfterEach
  void close() {
    network.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"AFTER_COMMIT", "WITHIN_ANSWER"})
  void whatWasCommittedWithoutAnAnswerIsFoundWithTheMembersOfItsRoom(Moment moment) {
    RoomId one = database.visit("found-1-" + moment, "ann", "doc");
    RoomId other = database.visit("found-2-" + moment, "bob", "doc");

    // The first goes alone, the others together once it is answered.
    List<Future<Appended>> outcomes =
        queue.appendAll(
            List.of(
                by("ann", one, "first"),
                by("ann", one, "a"),
                by("bob", other, "b"),
                by("doc", one, "c")));
    Future<CompletableFuture<Void>> cut = outcomes.getFirst().map(_ -> network.cutAt(moment));
    await(Future.all(outcomes));

    assertThat(cut.result()).isCompleted();
    List<Stored> stored = outcomes.stream().map(outcome -> (Stored) outcome.result()).toList();
    assertThat(stored)
        .extracting(each -> each.entry().room())
        .containsExactly(one, one, other, one);
    assertThat(stored).extracting(each -> each.entry().offset()).containsExactly(1L, 2L, 1L, 3L);
    assertThat(stored.getLast().members())
        .containsExactlyInAnyOrder(new UserId("ann"), new UserId("doc"));
    assertThat(database.offsets(one)).containsExactly(1L, 2L, 3L);
    assertThat(inDoubt("stored")).isEqualTo(3);
    assertThat(inDoubt("notStored")).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"AFTER_COMMIT", "WITHIN_ANSWER"})
  void whatWasNotCommittedFailsAsAnOutageAndMayBeTriedAgain(Moment moment) {
    RoomId room = database.visit("not-found-" + moment, "ann", "doc");
    CompletableFuture<Void> cut = network.cutAt(moment);

    Throwable failure = AppendQueueTest.failure(queue.append(named("ann", room, "name", "a")));
    Appended again = await(queue.append(named("ann", room, "name", "a")));

    assertThat(cut).isCompleted();
    assertThat(Outage.is(failure)).as("%s", failure).isTrue();
    assertThat(((Stored) again).entry().offset()).isEqualTo(1);
    assertThat(database.offsets(room)).containsExactly(1L);
    assertThat(inDoubt("stored")).isZero();
    assertThat(inDoubt("notStored")).isEqualTo(1);
  }

  @Test
  void onlyTheRoomInDoubtWaitsAndARepeatIsToldOfTheFirst() throws Exception {
    RoomId room = database.visit("waits", "ann", "doc");
    RoomId other = database.visit("does-not-wait", "ann", "doc");
    try (Connection blocker = database.connect()) {
      CompletableFuture<Void> blocked =
          network.cutAt(Moment.AFTER_COMMIT).thenRun(() -> lock(blocker, room));
      Future<Appended> first = queue.append(named("ann", room, "name", "a"));
      blocked.get(5, TimeUnit.SECONDS);
      database.awaitWaitingForALock();

      Future<Appended> repeat = queue.append(named("ann", room, "name", "a"));
      Future<Appended> next = queue.append(by("ann", room, "b"));
      Appended elsewhere = await(queue.append(by("ann", other, "c")));

      assertThat(elsewhere).isInstanceOf(Stored.class);
      assertThat(List.of(first, repeat, next)).noneMatch(Future::isComplete);
      blocker.rollback();
      assertThat(((Stored) await(first)).entry().offset()).isEqualTo(1);
      assertThat(((Repeated) await(repeat)).entry()).isEqualTo(((Stored) first.result()).entry());
      assertThat(((Stored) await(next)).entry().offset()).isEqualTo(2);
    }
  }

  @Test
  void theDoubtLastsAsLongAsTheOutage() throws Exception {
    RoomId room = database.visit("outage", "ann", "doc");
    CompletableFuture<Void> out = network.cutAt(Moment.AFTER_COMMIT).thenRun(network::refuse);
    Future<Appended> first = queue.append(named("ann", room, "name", "a"));
    out.get(5, TimeUnit.SECONDS);

    Future<Appended> repeat = queue.append(named("ann", room, "name", "a"));
    RoomsDatabase.awaitUntil(() -> network.refused() >= 4);
    assertThat(List.of(first, repeat)).noneMatch(Future::isComplete);
    network.stopRefusing();

    assertThat(((Stored) await(first)).entry().offset()).isEqualTo(1);
    assertThat(((Repeated) await(repeat)).entry()).isEqualTo(((Stored) first.result()).entry());
  }

  private double inDoubt(String outcome) {
    return metrics.counter("carewire.append.indoubt", "outcome", outcome).count();
  }

  private static void lock(Connection connection, RoomId room) {
    try {
      AppendQueueTest.lock(connection, room);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
