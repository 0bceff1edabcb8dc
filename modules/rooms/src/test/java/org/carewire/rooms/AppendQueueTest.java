package org.carewire.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.rooms.Appends.append;
import static org.carewire.rooms.Appends.by;
import static org.carewire.rooms.Appends.caller;
import static org.carewire.rooms.Appends.json;
import static org.carewire.rooms.Appends.named;
import static org.carewire.rooms.Appends.patient;
import static org.carewire.rooms.RoomsDatabase.await;

import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ClientMessageId;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.rooms.Appended.Conflicting;
import org.carewire.rooms.Appended.Denied;
import org.carewire.rooms.Appended.NoRoom;
import org.carewire.rooms.Appended.Repeated;
import org.carewire.rooms.Appended.Stored;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AppendQueueTest {
  private static final ClientMessageId NAME = new ClientMessageId("name");
  private static final TenantId ELSEWHERE = new TenantId("elsewhere");

  private RoomsDatabase database;
  private LoopQueue queue;

  @BeforeAll
  void open() {
    database = new RoomsDatabase();
    queue = database.queue();
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void aRepeatInTheSameBatchIsStoredOnce() {
    RoomId room = database.visit("same-batch", "ann", "doc");
    List<Future<Appended>> outcomes =
        queue.appendAll(
            List.of(
                by("ann", room, "first"),
                named("ann", room, "name", "again"),
                named("ann", room, "name", "again"),
                by("ann", room, "last")));
    await(Future.all(outcomes));

    assertThat(outcomes.stream().map(outcome -> outcome.result().getClass().getSimpleName()))
        .containsExactly("Stored", "Stored", "Repeated", "Stored");
    assertThat(((Repeated) outcomes.get(2).result()).entry())
        .isEqualTo(((Stored) outcomes.get(1).result()).entry());
    assertThat(database.offsets(room)).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aRepeatWithOtherContentConflicts() {
    RoomId room = database.visit("conflict", "ann", "doc");
    await(queue.append(named("ann", room, "name", "one thing")));

    Appended other = await(queue.append(named("ann", room, "name", "another thing")));

    assertThat(other).isInstanceOf(Conflicting.class);
    assertThat(database.offsets(room)).containsExactly(1L);
  }

  @Test
  void aRepeatWrittenAnotherWayIsTheSame() {
    RoomId room = database.visit("rewritten", "ann", "doc");
    Caller ann = patient("ann");
    await(queue.append(json(ann, room, NAME, "{\"message\":\"a\",\"metadata\":{}}")));

    Appended again =
        await(queue.append(json(ann, room, NAME, "{ \"metadata\":{}, \"message\":\"\\u0061\" }")));

    assertThat(again).isInstanceOf(Repeated.class);
  }

  @Test
  void theSameNameMeansAnotherMessageInAnotherRoomAndOfAnotherSender() {
    RoomId one = database.visit("names-1", "ann", "doc");
    RoomId other = database.visit("names-2", "ann", "doc");

    List<Future<Appended>> outcomes =
        queue.appendAll(
            List.of(
                named("ann", one, "name", "a"),
                named("ann", other, "name", "b"),
                named("doc", one, "name", "c")));

    await(Future.all(outcomes));
    assertThat(outcomes).allMatch(outcome -> outcome.result() instanceof Stored);
  }

  @Test
  void aBadAppendFailsAloneAndItsNeighboursKeepTheirOrder() {
    RoomId room = database.visit("bad-neighbour", "ann", "doc");
    var appends = new ArrayList<Append>();
    for (int i = 0; i < 20; i++) {
      appends.add(
          i % 7 == 3
              ? json(patient("ann"), room, null, "this is not JSON")
              : by("ann", room, "good " + i));
    }

    List<Future<Appended>> outcomes = queue.appendAll(appends);
    await(Future.join(outcomes).otherwiseEmpty());

    long offset = 0;
    for (int i = 0; i < appends.size(); i++) {
      Future<Appended> outcome = outcomes.get(i);
      if (i % 7 == 3) {
        assertThat(outcome.cause()).isInstanceOf(PgException.class);
      } else {
        assertThat(((Stored) outcome.result()).entry().offset()).isEqualTo(++offset);
      }
    }
    assertThat(database.offsets(room)).hasSize((int) offset);
  }

  @Test
  void strangersAreDeniedWhetherTheRoomExistsOrNot() {
    RoomId room = database.visit("private", "ann", "doc");
    RoomId nowhere = RoomsDatabase.visitOf("nowhere", "ann", "doc").room();
    Caller elsewhere = new Caller(ELSEWHERE, new UserId("ann"), Role.PATIENT, null, null);
    Caller adminElsewhere = new Caller(ELSEWHERE, new UserId("root"), Role.ADMIN, null, null);

    assertThat(await(queue.append(by("eve", room, "let me in")))).isEqualTo(new Denied());
    assertThat(await(queue.append(by("eve", nowhere, "let me in")))).isEqualTo(new Denied());
    assertThat(await(queue.append(append(elsewhere, room, null, "x")))).isEqualTo(new Denied());
    assertThat(await(queue.append(append(adminElsewhere, room, null, "x"))))
        .isEqualTo(new NoRoom());
    assertThat(database.offsets(room)).isEmpty();
  }

  @Test
  void patientsWhoShareNothingGetNoChat() {
    RoomId chat = RoomId.chat(new UserId("pat-1"), new UserId("pat-2"));

    assertThat(await(queue.append(by("pat-1", chat, "hello")))).isEqualTo(new Denied());
    assertThat(database.query("select key from room where room_id = ?", chat.value())).isEmpty();
  }

  @Test
  void aChatBeginsWithItsFirstMessageOnceHoweverManyBeginIt() {
    Caller staff = caller("nurse", Role.PROVIDER);
    RoomId chat = RoomId.chat(new UserId("nurse"), new UserId("pat-3"));
    List<LoopQueue> queues = IntStream.range(0, 6).mapToObj(_ -> database.queue()).toList();

    List<Future<Appended>> outcomes =
        queues.stream().map(each -> each.append(append(staff, chat, null, "hello"))).toList();

    await(Future.all(outcomes));
    assertThat(outcomes)
        .allSatisfy(
            outcome ->
                assertThat(((Stored) outcome.result()).members())
                    .containsExactlyInAnyOrder(new UserId("nurse"), new UserId("pat-3")));
    assertThat(database.offsets(chat)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
  }

  @Test
  void aFullQueueAnswersUnavailableAndStoresWhatItTook() throws SQLException {
    RoomId room = database.visit("full", "ann", "doc");
    List<Append> appends =
        IntStream.rangeClosed(1, 10_001).mapToObj(i -> by("ann", room, "n" + i)).toList();

    List<Future<Appended>> outcomes;
    try (Connection blocker = database.connect()) {
      lock(blocker, room);
      outcomes = queue.appendAll(appends);
      Throwable refused = failure(outcomes.getLast());
      assertThat(refused).isInstanceOf(Refusal.class);
      assertThat(((Refusal) refused).code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(((Refusal) refused).retryAfter()).isPresent();
      blocker.rollback();
    }

    await(Future.all(outcomes.subList(0, 10_000)));
    assertThat(database.offsets(room))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 10_000).boxed().toList());
  }

  /** Until the transaction of the connection ends. */
  static void lock(Connection connection, RoomId room) throws SQLException {
    connection.setAutoCommit(false);
    try (var statement =
        connection.prepareStatement("select 1 from room where room_id = ? for update")) {
      statement.setString(1, room.value());
      statement.execute();
    }
  }

  static Throwable failure(Future<?> future) {
    return await(
        future
            .map((Throwable) new AssertionError("It succeeded"))
            .recover(Future::succeededFuture));
  }
}
