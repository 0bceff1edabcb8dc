package org.carewire.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.rooms.Appends.append;
import static org.carewire.rooms.Appends.by;
import static org.carewire.rooms.Appends.caller;
import static org.carewire.rooms.Appends.patient;
import static org.carewire.rooms.Marks.read;
import static org.carewire.rooms.Marks.readIn;
import static org.carewire.rooms.Marks.received;
import static org.carewire.rooms.RoomsDatabase.await;

import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.carewire.platform.Outage;
import org.carewire.protocol.Caller;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.ReceiptMoved;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.rooms.Marked.AboveTop;
import org.carewire.rooms.Marked.Denied;
import org.carewire.rooms.Marked.NotFound;
import org.carewire.rooms.Marked.Stored;
import org.carewire.rooms.ReceiptStore.Request;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReceiptQueueTest {
  private static final TenantId ELSEWHERE = new TenantId("elsewhere");
  private static final Caller DOC = caller("doc", Role.PROVIDER);
  private static final Caller ROOT = caller("root", Role.ADMIN);
  private static final EntryId NO_ENTRY = new EntryId(new UUID(1, 2));

  private RoomsDatabase database;
  private LoopQueue appends;
  private LoopReceipts receipts;

  @BeforeAll
  void open() {
    database = new RoomsDatabase();
    appends = database.queue();
  }

  @BeforeEach
  void openQueue() {
    receipts = database.receipts();
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void readingIsCumulativeAndImpliesDelivered() {
    RoomId room = visitOf(3, "cumulative");

    assertThat(mark(received(DOC, room, 2))).isInstanceOf(Stored.class);
    assertThat(receipt(room, "doc")).isEqualTo("2,0");
    assertThat(mark(read(DOC, room, 1))).isInstanceOf(Stored.class);
    assertThat(receipt(room, "doc")).isEqualTo("2,1");
    assertThat(mark(read(DOC, room, 3))).isInstanceOf(Stored.class);
    assertThat(receipt(room, "doc")).isEqualTo("3,3");

    UserId doc = DOC.user();
    assertThat(receipts.takeMoved())
        .containsExactly(
            new ReceiptMoved(room, doc, 0, 2, 0, 0),
            new ReceiptMoved(room, doc, 2, 2, 0, 1),
            new ReceiptMoved(room, doc, 2, 3, 1, 3));
  }

  @Test
  void receiptsNeverMoveDown() {
    RoomId room = visitOf(3, "down");
    mark(read(DOC, room, 3));
    receipts.takeMoved();

    assertThat(mark(read(DOC, room, 1))).isInstanceOf(Stored.class);
    assertThat(mark(received(DOC, room, 0))).isInstanceOf(Stored.class);

    assertThat(receipt(room, "doc")).isEqualTo("3,3");
    assertThat(receipts.takeMoved()).isEmpty();
  }

  @Test
  void offsetAboveTheTopIsRefusedToMembersAndDeniedToOthers() {
    RoomId room = visitOf(3, "above");

    assertThat(mark(read(DOC, room, 4))).isEqualTo(new AboveTop());
    assertThat(mark(read(ROOT, room, 4))).isEqualTo(new AboveTop());
    assertThat(mark(read(patient("eve"), room, 4))).isEqualTo(new Denied());
    assertThat(receipt(room, "doc")).isEqualTo("0,0");
  }

  @Test
  void idsMoveEachOfTheirRoomsToTheHighest() {
    RoomId one = visitOf(0, "ids-1");
    RoomId other = visitOf(0, "ids-2");
    EntryId first = send("ann", one);
    EntryId second = send("ann", one);
    EntryId third = send("ann", other);
    send("ann", other);

    Marked marked = mark(read(DOC, second, third, first));

    assertThat(receipt(one, "doc")).isEqualTo("2,2");
    assertThat(receipt(other, "doc")).isEqualTo("1,1");
    assertThat(((Stored) marked).reached())
        .extracting(Marked.Reached::offset)
        .containsExactlyInAnyOrder(2L, 1L);
  }

  @Test
  void listWithOneUnknownIdIsRefusedAsAWhole() {
    RoomId own = visitOf(0, "whole");
    EntryId message = send("ann", own);
    RoomId foreign = database.visit("not-of-doc", "ann", "zed");
    EntryId ofOthers = send("ann", foreign);

    for (EntryId bad : List.of(NO_ENTRY, ofOthers)) {
      assertThat(mark(read(DOC, message, bad))).isEqualTo(new Denied());
    }
    assertThat(receipt(own, "doc")).isEqualTo("0,0");
    assertThat(mark(read(ROOT, message, ofOthers))).isEqualTo(new Stored(List.of()));
    assertThat(mark(read(ROOT, message, NO_ENTRY))).isEqualTo(new NotFound());
  }

  @Test
  void idThatIsNotInTheNamedRoomIsUnknown() {
    RoomId room = visitOf(1, "named");
    EntryId elsewhere = send("ann", visitOf(0, "other-than-named"));

    assertThat(mark(readIn(DOC, room, elsewhere))).isEqualTo(new Denied());
    assertThat(mark(readIn(ROOT, room, elsewhere))).isEqualTo(new NotFound());
  }

  @Test
  void nothingOfAnotherTenantIsKnown() {
    RoomId room = visitOf(0, "tenant");
    EntryId message = send("ann", room);
    var doc = new Caller(ELSEWHERE, DOC.user(), Role.PROVIDER, null, null);
    var root = new Caller(ELSEWHERE, ROOT.user(), Role.ADMIN, null, null);

    assertThat(mark(read(doc, message))).isEqualTo(new Denied());
    assertThat(mark(read(doc, room, 1))).isEqualTo(new Denied());
    assertThat(mark(read(root, message))).isEqualTo(new NotFound());
    assertThat(mark(read(root, room, 1))).isEqualTo(new NotFound());
    assertThat(receipt(room, "doc")).isEqualTo("0,0");
  }

  @Test
  void inAChatWhoseUsersMayNoLongerTalkNothingIsAcknowledged() {
    database.group("shared", "pat-1", "pat-2");
    RoomId chat = RoomId.chat(new UserId("pat-1"), new UserId("pat-2"));
    EntryId message = send("pat-1", chat);
    assertThat(mark(received(patient("pat-2"), chat, 1))).isInstanceOf(Stored.class);

    database.group("shared", "pat-1", "somebody-else");

    assertThat(mark(read(patient("pat-2"), chat, 1))).isEqualTo(new Denied());
    assertThat(mark(read(patient("pat-2"), message))).isEqualTo(new Denied());
    assertThat(receipt(chat, "pat-2")).isEqualTo("1,0");
  }

  @Test
  void staffMayAlwaysAcknowledgeInTheirChats() {
    RoomId chat = RoomId.chat(new UserId("doc"), new UserId("pat-3"));
    await(appends.append(append(DOC, chat, null, "hello")));

    assertThat(mark(read(DOC, chat, 1))).isInstanceOf(Stored.class);
  }

  @Test
  void whatComesTogetherIsOneBatchAndEachReceiptMovesOnce() {
    RoomId room = visitOf(100, "together");
    List<Request> requests =
        IntStream.rangeClosed(1, 100).mapToObj(offset -> read(DOC, room, offset)).toList();

    await(Future.all(receipts.markAll(requests)));

    assertThat(receipts.batches().count()).isEqualTo(1);
    assertThat(receipts.batches().max()).isEqualTo(100);
    assertThat(receipts.takeMoved())
        .containsExactly(new ReceiptMoved(room, DOC.user(), 0, 100, 0, 100));
    assertThat(receipts.count("read")).isEqualTo(1);
    assertThat(receipts.count("delivered")).isEqualTo(1);
  }

  @Test
  void refusedRequestDoesNotTouchItsNeighbours() {
    RoomId room = visitOf(2, "neighbours");

    List<Future<Marked>> outcomes =
        receipts.markAll(
            List.of(
                read(DOC, room, 3),
                received(DOC, room, 1),
                read(patient("eve"), room, 1),
                read(patient("ann"), NO_ENTRY)));
    await(Future.all(outcomes));

    assertThat(outcomes.stream().map(outcome -> outcome.result().getClass().getSimpleName()))
        .containsExactly("AboveTop", "Stored", "Denied", "Denied");
    assertThat(receipt(room, "doc")).isEqualTo("1,0");
  }

  @Test
  void moreThanABatchHoldsIsStoredInSeveral() {
    RoomId room = visitOf(2, "several");
    EntryId[] ids = Collections.nCopies(200, send("ann", room)).toArray(EntryId[]::new);
    List<Request> requests = Collections.nCopies(60, read(DOC, ids));

    await(Future.all(receipts.markAll(requests)));

    assertThat(receipts.batches().count()).isEqualTo(3);
    assertThat(receipt(room, "doc")).isEqualTo("3,3");
  }

  @Test
  void fullQueueAnswersUnavailable() {
    RoomId room = visitOf(1, "full");
    List<Request> requests = Collections.nCopies(10_001, received(DOC, room, 1));

    List<Future<Marked>> outcomes = receipts.markAll(requests);

    Throwable refused = failure(outcomes.getLast());
    assertThat(refused).isInstanceOf(Refusal.class);
    assertThat(((Refusal) refused).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    await(Future.all(outcomes.subList(0, 10_000)));
  }

  @Test
  void queueOfManyIdsAnswersUnavailable() {
    EntryId[] ids = Collections.nCopies(200, NO_ENTRY).toArray(EntryId[]::new);

    List<Future<Marked>> outcomes = receipts.markAll(Collections.nCopies(501, read(DOC, ids)));

    assertThat(failure(outcomes.getLast())).isInstanceOf(Refusal.class);
    await(Future.all(outcomes.subList(0, 500)));
  }

  @Test
  void closingStoresWhatWaits() {
    RoomId room = visitOf(2, "closing");

    Future<Marked> outcome = receipts.mark(read(DOC, room, 2));
    await(receipts.close());

    assertThat(outcome.isComplete()).isTrue();
    assertThat(receipt(room, "doc")).isEqualTo("2,2");
  }

  @Test
  void inAnOutageAllOfABatchFailAndTheRetryStoresThem() throws SQLException {
    RoomId room = visitOf(2, "outage");
    List<Request> requests = List.of(received(DOC, room, 1), read(DOC, room, 2));
    try (Connection blocker = database.connect()) {
      lockMembers(blocker, room);
      List<Future<Marked>> lost = receipts.markAll(requests);
      database.awaitWaitingForLocks(1);
      database.killConnections();
      for (Future<Marked> outcome : lost) {
        assertThat(Outage.is(failure(outcome))).isTrue();
      }
      blocker.rollback();
    }
    assertThat(receipt(room, "doc")).isEqualTo("0,0");

    await(Future.all(receipts.markAll(requests)));

    assertThat(receipt(room, "doc")).isEqualTo("2,2");
  }

  private static void lockMembers(Connection connection, RoomId room) throws SQLException {
    connection.setAutoCommit(false);
    try (var statement =
        connection.prepareStatement(
            """
            select 1 from room_member where room_key = (select key from room where room_id = ?)
            for update
            """)) {
      statement.setString(1, room.value());
      statement.execute();
    }
  }

  /** A visit of ann's and doc's with messages of ann's. */
  private RoomId visitOf(int messages, String id) {
    RoomId room = database.visit(id, "ann", "doc");
    await(
        Future.all(
            appends.appendAll(
                IntStream.range(0, messages).mapToObj(i -> by("ann", room, "n" + i)).toList())));
    return room;
  }

  private EntryId send(String user, RoomId room) {
    return ((Appended.Stored) await(appends.append(by(user, room, "hello")))).entry().id();
  }

  private Marked mark(Request request) {
    return await(receipts.mark(request));
  }

  /** Delivered and read. */
  private String receipt(RoomId room, String user) {
    return database
        .query(
            """
            select delivered, read from room_member m join room r on r.key = m.room_key
            where r.room_id = ? and m.user_id = ?
            """,
            room.value(),
            user)
        .getFirst();
  }

  private static Throwable failure(Future<?> future) {
    return await(
        future
            .map((Throwable) new AssertionError("It succeeded"))
            .recover(Future::succeededFuture));
  }
}
