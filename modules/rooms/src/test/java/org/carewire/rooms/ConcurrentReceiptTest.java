package org.carewire.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.rooms.Appends.by;
import static org.carewire.rooms.Appends.patient;
import static org.carewire.rooms.Marks.read;
import static org.carewire.rooms.Marks.received;
import static org.carewire.rooms.RoomsDatabase.await;

import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.carewire.protocol.RoomId;
import org.carewire.rooms.Marked.Stored;
import org.carewire.rooms.ReceiptStore.Request;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many read and write in the same rooms at once, and their members are set meanwhile. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConcurrentReceiptTest {
  private static final int QUEUES = 3;
  private static final int ROOMS = 6;
  private static final int ROUNDS = 15;
  private static final int PER_ROUND = 20;
  private static final String[] PEOPLE =
      IntStream.range(0, 10).mapToObj(i -> "person-" + i).toArray(String[]::new);

  private final AtomicLong stored = new AtomicLong();
  private RoomsDatabase database;

  @BeforeAll
  void open() {
    database = new RoomsDatabase();
    // Of each transaction, when it commits.
    database.execute(
        """
        create function refuse_bad_receipt() returns trigger language plpgsql as $$
        begin
          if new.delivered < old.delivered or new.read < old.read or new.read > new.delivered
              or new.delivered > (select top from room where key = new.room_key) then
            raise 'from %/% to %/%', old.delivered, old.read, new.delivered, new.read;
          end if;
          return null;
        end
        $$;
        create constraint trigger bad_receipt after update on room_member
          deferrable initially deferred
          for each row execute function refuse_bad_receipt();
        """);
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void receiptsOnlyMoveUpAndNeverPassTheTopAndNobodyBlocksAnother() {
    List<RoomId> rooms =
        IntStream.range(0, ROOMS).mapToObj(i -> database.group("team-" + i, PEOPLE)).toList();

    var readers = new ArrayList<Future<?>>();
    for (int i = 0; i < QUEUES; i++) {
      readers.add(acknowledge(database.receipts(), new Random(100 + i), rooms, ROUNDS));
    }
    Future<?> allRead = Future.all(readers);
    var others = new ArrayList<Future<?>>();
    for (int i = 0; i < QUEUES; i++) {
      others.add(write(database.queue(), new Random(i), rooms, allRead));
    }
    others.add(setMembers(allRead, 0));
    await(allRead);
    await(Future.all(others));

    assertThat(database.deadlocks()).isZero();
    assertThat(database.query("select max(read) from room_member")).isNotEqualTo(List.of("0"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void appendsAndReceiptsLockTheSameMembersInTheSameOrder(boolean appendFirst) throws SQLException {
    RoomId room = database.group("ordered-" + appendFirst, "ann", "bob", "cat");
    await(
        Future.all(
            database.queue().appendAll(List.of(by("cat", room, "1"), by("cat", room, "2")))));
    Supplier<Future<?>> append =
        () ->
            database
                .pool()
                .withConnection(
                    connection ->
                        RoomLogStore.atOnce(
                            connection,
                            RoomLogStore.BEGIN,
                            () ->
                                new RoomLog(Clock.systemUTC())
                                    .append(
                                        connection,
                                        List.of(by("bob", room, "3"), by("ann", room, "4")))));
    Supplier<Future<?>> receipts =
        () ->
            new ReceiptStore(database.pool())
                .mark(List.of(read(patient("bob"), room, 2), read(patient("ann"), room, 2)));

    Future<?> first;
    Future<?> second;
    try (Connection blocker = database.connect()) {
      blocker.setAutoCommit(false);
      blocker.createStatement().execute("select from room_member where user_id = 'ann' for update");
      first = (appendFirst ? append : receipts).get();
      database.awaitWaitingForLocks(1);
      second = (appendFirst ? receipts : append).get();
      database.awaitWaitingForLocks(2);
      blocker.rollback();
    }
    await(Future.all(first, second));

    assertThat(database.deadlocks()).isZero();
  }

  private Future<?> write(LoopQueue queue, Random random, List<RoomId> rooms, Future<?> end) {
    if (end.isComplete()) {
      return Future.succeededFuture();
    }
    List<Append> appends =
        Stream.generate(() -> by(anyone(random), any(random, rooms), "hello"))
            .limit(PER_ROUND)
            .toList();
    return Future.all(queue.appendAll(appends))
        .compose(
            _ -> {
              stored.addAndGet(PER_ROUND);
              return write(queue, random, rooms, end);
            });
  }

  private Future<?> acknowledge(
      LoopReceipts receipts, Random random, List<RoomId> rooms, int rounds) {
    if (rounds == 0) {
      return Future.succeededFuture();
    }
    List<Request> requests =
        Stream.generate(() -> mark(random, rooms)).limit(10 * PER_ROUND).toList();
    List<Future<Marked>> outcomes = receipts.markAll(requests);
    return Future.all(outcomes)
        .compose(
            _ -> {
              assertThat(outcomes).anyMatch(outcome -> outcome.result() instanceof Stored);
              return acknowledge(receipts, random, rooms, rounds - 1);
            });
  }

  /** About the top; those above it are refused. */
  private Request mark(Random random, List<RoomId> rooms) {
    long offset = Math.max(0, stored.get() / ROOMS - random.nextLong(40) + 10);
    return random.nextBoolean()
        ? read(patient(anyone(random)), any(random, rooms), offset)
        : received(patient(anyone(random)), any(random, rooms), offset);
  }

  /** All but the last, then all again, in a group that others read and write in. */
  private Future<?> setMembers(Future<?> end, int round) {
    if (end.isComplete()) {
      return Future.succeededFuture();
    }
    int members = PEOPLE.length - round % 2;
    return database
        .putGroup("team-0", Stream.of(PEOPLE).limit(members).toArray(String[]::new))
        .compose(_ -> setMembers(end, round + 1));
  }

  private static String anyone(Random random) {
    // The last one comes and goes.
    return PEOPLE[random.nextInt(PEOPLE.length - 1)];
  }

  private static RoomId any(Random random, List<RoomId> rooms) {
    return rooms.get(random.nextInt(rooms.size()));
  }
}
