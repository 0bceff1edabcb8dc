package org.carewire.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.carewire.platform.Doubts;
import org.carewire.platform.NodeId;
import org.carewire.platform.NodeLease;
import org.carewire.platform.RedisAccess;
import org.carewire.platform.RedisConfig;
import org.carewire.protocol.Caller;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.Participant;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.VisitId;
import org.carewire.testkit.TestRedis;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Who is in a room, kept in Redis by the nodes of a cluster. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ParticipantStoreTest {
  private static final Instant START = Instant.parse("2026-01-31T09:30:00Z");

  private Vertx vertx;
  private RedisAccess redis;
  private TestNode here;
  private TestNode there;
  private RoomId room;
  private int joins;

  /** The store of a node. */
  private record TestNode(NodeLease lease, ParticipantStore store) {}

  @BeforeAll
  void open() {
    vertx = Vertx.vertx();
    redis = new RedisAccess(vertx, RedisConfig.standalone(TestRedis.uri()));
  }

  @AfterAll
  void close() {
    await(vertx.close());
  }

  @BeforeEach
  void startTwoNodes() {
    here = node();
    there = node();
    room = RoomId.visit(new VisitId(UUID.randomUUID().toString()));
  }

  private TestNode node() {
    NodeId id = NodeId.fresh();
    var lease =
        new NodeLease(
            vertx,
            redis,
            id,
            Clock.systemUTC(),
            new Doubts(Clock.systemUTC(), new SimpleMeterRegistry()));
    await(lease.hold());
    return new TestNode(lease, new ParticipantStore(redis, lease, id));
  }

  @Test
  void nobodyIsInANewRoom() {
    assertThat(list(here)).isEmpty();
  }

  @Test
  void whoJoinsIsNewsAndListedOnEveryNodeInTheOrderOfJoining() {
    Caller ann = session("ann", null);
    Caller doc = session("doc", "phone");

    assertThat(join(here, ann)).isTrue();
    Instant joinedAt = START.plusMillis(joins);
    assertThat(join(there, doc)).isTrue();

    assertThat(list(here)).containsExactly(socket(ann), socket(doc));
    assertThat(list(there)).containsExactly(socket(ann), socket(doc));
    Participant first = await(here.store().list(TenantId.DEFAULT, room)).getFirst();
    assertThat(first.userId()).isEqualTo(new UserId("ann"));
    assertThat(first.userRole()).isEqualTo(Role.PATIENT);
    assertThat(first.joinedAt()).isEqualTo(joinedAt);
  }

  @Test
  void joiningAgainIsNoNewsAndKeepsTheFirstPlace() {
    Caller ann = session("ann", null);
    Caller doc = session("doc", null);
    join(here, ann);
    join(here, doc);

    assertThat(join(here, ann)).isFalse();

    assertThat(list(here)).containsExactly(socket(ann), socket(doc));
  }

  @Test
  void whoLeavesIsGoneOnce() {
    Caller ann = session("ann", "phone");
    join(here, ann);

    assertThat(await(there.store().remove(TenantId.DEFAULT, room, socket(ann)))).isTrue();

    assertThat(await(here.store().remove(TenantId.DEFAULT, room, socket(ann)))).isFalse();
    assertThat(list(here)).isEmpty();
  }

  @Test
  void whoIsLostIsNotListedButMayBeRemovedForGood() {
    Caller ann = session("ann", "phone");
    join(here, ann);

    assertThat(lose(here, ann)).isTrue();

    assertThat(list(there)).isEmpty();
    assertThat(await(here.store().remove(TenantId.DEFAULT, room, socket(ann)))).isTrue();
  }

  @Test
  void whoWasNeverInIsNotLost() {
    assertThat(lose(here, session("ann", "phone"))).isFalse();
    assertThat(list(here)).isEmpty();
  }

  @Test
  void aDeviceThatReturnsTakesThePlaceOfItsLostSession() {
    Caller before = session("ann", "phone");
    join(here, before);
    lose(here, before);
    Caller after = session("ann", "phone");

    assertThat(join(there, after)).as("is news").isFalse();

    assertThat(list(here)).containsExactly(socket(after));
    assertThat(await(here.store().remove(TenantId.DEFAULT, room, socket(before)))).isFalse();
  }

  @Test
  void aUserWithoutADeviceReturnsAsItself() {
    Caller before = session("ann", null);
    join(here, before);
    lose(here, before);

    assertThat(join(here, session("ann", null))).isFalse();
  }

  @Test
  void nobodyElseReturnsInPlaceOfALostSession() {
    Caller lost = session("ann", "phone");
    join(here, lost);
    lose(here, lost);

    assertThat(join(here, session("ann", "tablet"))).isTrue();
    assertThat(join(here, session("ann", null))).isTrue();
    assertThat(join(here, session("doc", "phone"))).isTrue();

    assertThat(await(here.store().remove(TenantId.DEFAULT, room, socket(lost)))).isTrue();
  }

  @Test
  void aSecondSessionOfADeviceDoesNotReplaceTheFirst() {
    Caller one = session("ann", "phone");
    Caller other = session("ann", "phone");
    join(here, one);

    assertThat(join(here, other)).isTrue();

    assertThat(list(here)).containsExactly(socket(one), socket(other));
  }

  @Test
  void anotherTenantsRoomOfTheSameNameIsAnother() {
    join(here, session("ann", null));

    assertThat(await(here.store().list(new TenantId("elsewhere"), room))).isEmpty();
  }

  @Test
  void sessionsOfANodeWithoutALeaseAreNotListedAndRemoved() {
    Caller ann = session("ann", "phone");
    Caller ghost = session("doc", "phone");
    Caller lostGhost = session("eve", "phone");
    join(here, ann);
    join(there, ghost);
    join(there, lostGhost);
    lose(there, lostGhost);

    await(there.lease().release());

    assertThat(list(here)).containsExactly(socket(ann));
    // The removal was sent before this question, on one of several connections.
    awaitFieldsLeft(1);
  }

  @Test
  void manyWhoJoinAtOnceAreAllIn() {
    List<Caller> callers =
        IntStream.range(0, 200).mapToObj(i -> session("user-" + i, null)).toList();

    List<Future<Boolean>> news =
        callers.stream()
            .map(
                caller -> (joins % 2 == 0 ? here : there).store().join(caller, room, entry(caller)))
            .toList();

    await(Future.all(news));
    assertThat(news).allMatch(Future::result);
    assertThat(list(here)).hasSize(callers.size());
  }

  private void awaitFieldsLeft(int fields) {
    String key = "carewire:participants:{default/" + room + "}";
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (await(redis.send(Command.HLEN, key)).toInteger() != fields) {
      assertThat(System.nanoTime()).as("time").isLessThan(deadline);
    }
  }

  private boolean join(TestNode node, Caller caller) {
    return await(node.store().join(caller, room, entry(caller)));
  }

  private Participant entry(Caller caller) {
    joins++;
    return new Participant(socket(caller), caller.user(), caller.role(), START.plusMillis(joins));
  }

  private boolean lose(TestNode node, Caller caller) {
    return await(node.store().lose(TenantId.DEFAULT, room, socket(caller)));
  }

  private List<SocketId> list(TestNode node) {
    return await(node.store().list(TenantId.DEFAULT, room)).stream()
        .map(Participant::socketId)
        .toList();
  }

  /** A new session. */
  private static Caller session(String user, @Nullable String device) {
    return new Caller(
        TenantId.DEFAULT,
        new UserId(user),
        Role.PATIENT,
        new SocketId(UUID.randomUUID().toString()),
        device == null ? null : new DeviceId(device));
  }

  private static SocketId socket(Caller caller) {
    return Objects.requireNonNull(caller.socket());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
