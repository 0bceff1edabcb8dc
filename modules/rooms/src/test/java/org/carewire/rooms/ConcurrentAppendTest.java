package org.carewire.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.rooms.RoomsDatabase.await;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.rooms.Appended.Denied;
import org.carewire.rooms.Appended.Repeated;
import org.carewire.rooms.Appended.Stored;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Several queues, each with connections of its own, append to the same rooms at once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConcurrentAppendTest {
  private static final int WRITERS = 8;
  private static final int QUEUES = 4;
  private static final int ROUNDS = 30;
  private static final int PER_ROUND = 6;

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
  void offsetsHaveNoGapAndNoRepeatAndKeepTheOrderOfEachWriter() {
    String[] writers =
        IntStream.range(0, WRITERS).mapToObj(i -> "writer-" + i).toArray(String[]::new);
    List<RoomId> rooms =
        List.of(
            database.group("team-1", writers),
            database.group("team-2", writers),
            database.group("team-3", writers));
    List<LoopQueue> queues = IntStream.range(0, QUEUES).mapToObj(_ -> database.queue()).toList();

    var told = new ArrayList<Future<List<Stored>>>();
    for (int i = 0; i < WRITERS; i++) {
      told.add(write(queues.get(i % QUEUES), writers[i], rooms, 0, new ArrayList<>()));
    }
    await(Future.all(told));

    int perRoom = WRITERS * ROUNDS * PER_ROUND / rooms.size();
    for (RoomId room : rooms) {
      assertThat(database.offsets(room))
          .containsExactlyElementsOf(LongStream.rangeClosed(1, perRoom).boxed().toList());
      assertThat(database.query("select top from room where room_id = ?", room.value()))
          .containsExactly(Integer.toString(perRoom));
      assertThat(backwards(room)).as("entries before an earlier one of their writer").isEmpty();
      assertThat(timesGoingBack(room)).as("times that go back").isEmpty();
    }
    assertThat(told.stream().flatMap(writer -> writer.result().stream()).map(Stored::entry))
        .extracting(entry -> entry.room() + "," + entry.offset() + "," + entry.id())
        .containsExactlyInAnyOrderElementsOf(
            database.query(
                """
                select room_id, "offset", id from entry join room r on r.key = room_key
                where room_id like 'group:team-%'
                """));
  }

  /** A round is appended at once, the next one when it is stored. */
  private static Future<List<Stored>> write(
      LoopQueue queue, String writer, List<RoomId> rooms, int round, List<Stored> stored) {
    if (round == ROUNDS) {
      return Future.succeededFuture(stored);
    }
    var appends = new ArrayList<Append>();
    for (int i = 0; i < PER_ROUND; i++) {
      int n = round * PER_ROUND + i;
      appends.add(Appends.by(writer, rooms.get(n % rooms.size()), Integer.toString(n)));
    }
    List<Future<Appended>> outcomes = queue.appendAll(appends);
    return Future.all(outcomes)
        .compose(
            _ -> {
              outcomes.forEach(outcome -> stored.add((Stored) outcome.result()));
              return write(queue, writer, rooms, round + 1, stored);
            });
  }

  private List<String> backwards(RoomId room) {
    return database.query(
        """
        select n from (
          select (content ->> 'message')::int as n,
            lag((content ->> 'message')::int) over (partition by sender_id order by "offset") as b
          from entry join room r on r.key = room_key
          where r.room_id = ?) as sent
        where n < b
        """,
        room.value());
  }

  private List<String> timesGoingBack(RoomId room) {
    return database.query(
        """
        select "offset" from (
          select "offset", created_at, lag(created_at) over (order by "offset") as before
          from entry join room r on r.key = room_key
          where r.room_id = ?) as times
        where created_at < before
        """,
        room.value());
  }

  @Test
  void aMessageSentByTwoQueuesAtOnceIsStoredOnceAndTheOtherIsToldItsOffset() {
    RoomId room = database.visit("repeated", "ann", "doc");
    LoopQueue one = database.queue();
    LoopQueue other = database.queue();
    List<Append> appends =
        IntStream.range(0, 200)
            .mapToObj(i -> Appends.named("ann", room, "name-" + i, "text " + i))
            .toList();

    List<Future<Appended>> ofOne = one.appendAll(appends);
    List<Future<Appended>> ofOther = other.appendAll(appends);
    await(Future.all(Future.all(ofOne), Future.all(ofOther)));

    Map<Long, Integer> offsets = new HashMap<>();
    for (int i = 0; i < appends.size(); i++) {
      List<Appended> both = List.of(ofOne.get(i).result(), ofOther.get(i).result());
      assertThat(both).hasAtLeastOneElementOfType(Stored.class);
      assertThat(both).hasAtLeastOneElementOfType(Repeated.class);
      Entry first = entry(both.getFirst());
      Entry second = entry(both.getLast());
      assertThat(second).isEqualTo(first);
      offsets.merge(first.offset(), 1, Integer::sum);
    }
    assertThat(offsets).hasSize(appends.size());
    assertThat(database.offsets(room))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 200).boxed().toList());
  }

  private static Entry entry(Appended appended) {
    return switch (appended) {
      case Stored stored -> stored.entry();
      case Repeated repeated -> repeated.entry();
      default -> throw new AssertionError(appended);
    };
  }

  @Test
  void nothingOfSomeoneTakenOffIsStoredOnceThatIsCommitted() {
    RoomId room = database.visit("taken-off", "bob", "doc");
    var stored = new AtomicInteger();
    List<Future<Appended>> writers =
        IntStream.range(0, QUEUES)
            .mapToObj(_ -> writeUntilRefused(database.queue(), room, stored))
            .toList();
    var visits = database.visits();
    while (stored.get() < 50) {
      Thread.onSpinWait();
    }

    await(
        visits.put(
            RoomsDatabase.backend(TenantId.DEFAULT),
            RoomsDatabase.visitOf("taken-off", "someone-else", "doc")));

    List<Long> whenCommitted = database.offsets(room);
    await(Future.all(writers));
    assertThat(writers).allSatisfy(last -> assertThat(last.result()).isInstanceOf(Denied.class));
    assertThat(database.offsets(room)).isEqualTo(whenCommitted).hasSize(stored.get());
  }

  private static Future<Appended> writeUntilRefused(
      LoopQueue queue, RoomId room, AtomicInteger stored) {
    return queue
        .append(Appends.by("bob", room, "still here"))
        .compose(
            outcome -> {
              if (outcome instanceof Stored) {
                stored.incrementAndGet();
                return writeUntilRefused(queue, room, stored);
              }
              return Future.succeededFuture(outcome);
            });
  }
}
