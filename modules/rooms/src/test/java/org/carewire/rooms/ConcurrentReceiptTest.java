package org.carewire.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.rooms.Appends.by;
import static org.carewire.rooms.Appends.patient;
import static org.carewire.rooms.Marks.read;
import static org.carewire.rooms.Marks.received;
import static org.carewire.rooms.RoomsDatabase.await;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.carewire.protocol.RoomId;
import org.carewire.rooms.Marked.Stored;
import org.carewire.rooms.ReceiptStore.Request;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Many read and write in the same rooms at once, and their members are set meanwhile. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConcurrentReceiptTest {
  private static final int QUEUES = 3;
  private static final int ROOMS = 6;
  private static final int ROUNDS = 25;
  private static final int PER_ROUND = 20;
  private static final String[] PEOPLE =
      IntStream.range(0, 10).mapToObj(i -> "person-" + i).toArray(String[]::new);

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

    var work = new ArrayList<Future<?>>();
    for (int i = 0; i < QUEUES; i++) {
      work.add(write(database.queue(), new Random(i), rooms, ROUNDS));
      work.add(acknowledge(database.receipts(), new Random(100 + i), rooms, ROUNDS));
    }
    work.add(setMembers(ROUNDS));
    await(Future.all(work));

    assertThat(database.deadlocks()).isZero();
    assertThat(database.query("select max(read) from room_member")).isNotEqualTo(List.of("0"));
  }

  private static Future<?> write(LoopQueue queue, Random random, List<RoomId> rooms, int rounds) {
    if (rounds == 0) {
      return Future.succeededFuture();
    }
    List<Append> appends =
        Stream.generate(() -> by(anyone(random), any(random, rooms), "hello"))
            .limit(PER_ROUND)
            .toList();
    return Future.all(queue.appendAll(appends))
        .compose(_ -> write(queue, random, rooms, rounds - 1));
  }

  /** Of offsets that are there and of others, which are refused. */
  private static Future<?> acknowledge(
      LoopReceipts receipts, Random random, List<RoomId> rooms, int rounds) {
    if (rounds == 0) {
      return Future.succeededFuture();
    }
    List<Request> requests =
        Stream.generate(() -> mark(random, rooms, rounds)).limit(5 * PER_ROUND).toList();
    List<Future<Marked>> outcomes = receipts.markAll(requests);
    return Future.all(outcomes)
        .compose(
            _ -> {
              assertThat(outcomes).anyMatch(outcome -> outcome.result() instanceof Stored);
              return acknowledge(receipts, random, rooms, rounds - 1);
            });
  }

  private static Request mark(Random random, List<RoomId> rooms, int rounds) {
    long offset = random.nextLong(1L + (ROUNDS - rounds) * 15L);
    return random.nextBoolean()
        ? read(patient(anyone(random)), any(random, rooms), offset)
        : received(patient(anyone(random)), any(random, rooms), offset);
  }

  /** All but the last, then all again, in a group that others read and write in. */
  private Future<?> setMembers(int rounds) {
    if (rounds == 0) {
      return Future.succeededFuture();
    }
    int members = PEOPLE.length - rounds % 2;
    return database
        .putGroup("team-0", Stream.of(PEOPLE).limit(members).toArray(String[]::new))
        .compose(_ -> setMembers(rounds - 1));
  }

  private static String anyone(Random random) {
    // The last one comes and goes.
    return PEOPLE[random.nextInt(PEOPLE.length - 1)];
  }

  private static RoomId any(Random random, List<RoomId> rooms) {
    return rooms.get(random.nextInt(rooms.size()));
  }
}
