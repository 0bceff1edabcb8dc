package org.carewire.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.rooms.Appends.by;
import static org.carewire.rooms.Appends.named;
import static org.carewire.rooms.RoomsDatabase.await;

import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.carewire.platform.Outage;
import org.carewire.protocol.RoomId;
import org.carewire.rooms.Appended.Repeated;
import org.carewire.rooms.Appended.Stored;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** PostgreSQL ends the connections while appends are under way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostConnectionTest {
  private static final int MESSAGES = 400;
  private static final int KILLS = 12;

  private RoomsDatabase database;

  @BeforeAll
  void open() {
    database = new RoomsDatabase();
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void anAppendWhoseConnectionIsLostFailsAsAnOutageAndTheQueueGoesOn() throws SQLException {
    RoomId room = database.visit("lost-in-wait", "ann", "doc");
    LoopQueue queue = database.queue();
    Future<Appended> lost;
    try (Connection blocker = database.connect()) {
      AppendQueueTest.lock(blocker, room);
      lost = queue.append(named("ann", room, "name", "hello"));
      database.awaitWaitingForLocks(1);
      assertThat(database.killConnections()).isPositive();
      blocker.rollback();
    }
    Throwable failure = AppendQueueTest.failure(lost);
    assertThat(Outage.is(failure)).as("%s", failure).isTrue();

    Appended retried = await(queue.append(named("ann", room, "name", "hello")));
    Appended next = await(queue.append(by("ann", room, "and on")));

    assertThat(((Stored) retried).entry().offset()).isEqualTo(1);
    assertThat(((Stored) next).entry().offset()).isEqualTo(2);
    assertThat(database.offsets(room)).containsExactly(1L, 2L);
  }

  @Test
  void whatIsRetriedUntilItSucceedsIsStoredExactlyOnce() {
    RoomId room = database.visit("killed-often", "ann", "doc");
    LoopQueue queue = database.queue();
    var outages = new AtomicInteger();
    var done = new AtomicInteger();
    Future<List<Entry>> all = sendInTurn(queue, room, outages, done);
    for (int kill = 1; kill <= KILLS; kill++) {
      int reached = kill * (MESSAGES / (KILLS + 1));
      while (done.get() < reached && !all.isComplete()) {
        Thread.onSpinWait();
      }
      database.killConnections();
    }

    List<Entry> entries = await(all);

    List<Long> oneToAll = LongStream.rangeClosed(1, MESSAGES).boxed().toList();
    assertThat(entries.stream().map(Entry::offset)).containsExactlyElementsOf(oneToAll);
    assertThat(database.offsets(room)).containsExactlyElementsOf(oneToAll);
    assertThat(outages).as("failures seen").hasPositiveValue();
  }

  /** Each message once the one before is stored, again and again where it fails. */
  private static Future<List<Entry>> sendInTurn(
      LoopQueue queue, RoomId room, AtomicInteger outages, AtomicInteger done) {
    Future<List<Entry>> sent = Future.succeededFuture(new ArrayList<>());
    for (int i = 0; i < MESSAGES; i++) {
      Append append = named("ann", room, "name-" + i, "text " + i);
      sent =
          sent.compose(
              entries ->
                  retried(queue, append, outages)
                      .map(
                          entry -> {
                            done.incrementAndGet();
                            entries.add(entry);
                            return entries;
                          }));
    }
    return sent;
  }

  private static Future<Entry> retried(LoopQueue queue, Append append, AtomicInteger outages) {
    return queue
        .append(append)
        .map(
            outcome ->
                switch (outcome) {
                  case Stored stored -> stored.entry();
                  case Repeated repeated -> repeated.entry();
                  default -> throw new AssertionError(outcome);
                })
        .recover(
            failure -> {
              if (!Outage.is(failure)) {
                return Future.failedFuture(failure);
              }
              outages.incrementAndGet();
              return retried(queue, append, outages);
            });
  }
}
