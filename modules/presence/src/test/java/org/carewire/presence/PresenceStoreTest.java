package org.carewire.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.carewire.platform.RedisAccess;
import org.carewire.platform.RedisConfig;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.MarkCall;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PresenceStatus;
import org.carewire.protocol.PutSession;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Role;
import org.carewire.protocol.SetStatus;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.StatusSet;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.testkit.TestRedis;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others see of a user, as one script in a real Redis works it out. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PresenceStoreTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final List<PresenceStatus> SETTABLE =
      List.of(
          PresenceStatus.ONLINE, PresenceStatus.AWAY, PresenceStatus.BUSY, PresenceStatus.IN_CALL);
  private static final List<String> NODES = List.of("node-1", "node-2");

  private final TestRedis server = TestRedis.startPrivate();
  private Vertx vertx;
  private RedisAccess redis;
  private PresenceStore store;
  private User user;

  @BeforeAll
  void open() {
    vertx = Vertx.vertx();
    redis = new RedisAccess(vertx, RedisConfig.standalone(server.address()));
  }

  @AfterAll
  void close() {
    await(vertx.close());
    server.close();
  }

  @BeforeEach
  void aNewUser() {
    store = new PresenceStore(redis, LONG);
    user = new User(TenantId.DEFAULT, new UserId(UUID.randomUUID().toString()));
    await(store.becomesWhole());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whateverHappensInWhateverOrderOthersSeeWhatTheRulesSay(boolean graceIsLong) {
    store = new PresenceStore(redis, graceIsLong ? LONG : Duration.ZERO);
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int run = 0; run < 150; run++) {
      aRandomLife(random, graceIsLong, "seed " + seed + ", run " + run);
    }
  }

  private void aRandomLife(Random random, boolean graceIsLong, String description) {
    user = new User(TenantId.DEFAULT, new UserId(UUID.randomUUID().toString()));
    var model = new ModelUser(graceIsLong);
    PresenceStatus seen = PresenceStatus.OFFLINE;
    String custom = null;
    Instant at = Instant.EPOCH;
    for (int step = 0; step < 25; step++) {
      Change change = somethingHappens(random, model);

      PresenceStatus expected = model.status();
      String expectedText = model.customStatus();
      PresenceState state = change.state();
      assertThat(state.status()).as(description).isEqualTo(expected);
      assertThat(state.customStatus()).as(description).isEqualTo(expectedText);
      boolean differs = expected != seen || !Objects.equals(expectedText, custom);
      assertThat(change.isNews()).as(description).isEqualTo(differs);
      if (differs) {
        assertThat(state.at()).as(description).isAfter(at);
      } else {
        assertThat(state.at()).as(description).isEqualTo(at);
      }
      seen = expected;
      custom = expectedText;
      at = state.at();
    }
    if (at.isAfter(Instant.EPOCH)) {
      PresenceState read = await(store.read(List.of(user))).getFirst();
      assertThat(read.status()).as(description).isEqualTo(seen);
      assertThat(read.customStatus()).as(description).isEqualTo(custom);
      assertThat(read.at()).as(description).isEqualTo(at);
    }
  }

  private Change somethingHappens(Random random, ModelUser model) {
    String node = NODES.get(random.nextInt(NODES.size()));
    // A session is on one node all its life.
    String socket = node + "-" + random.nextInt(3);
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        boolean idle = random.nextBoolean();
        model.put(node, socket, idle);
        yield put(node, socket, idle);
      }
      case 3, 4 -> {
        model.end(node, socket);
        yield await(store.end(caller(socket), node));
      }
      case 5 -> {
        PresenceStatus status = SETTABLE.get(random.nextInt(SETTABLE.size()));
        String text = random.nextBoolean() ? "back at " + random.nextInt(3) : null;
        model.set(status, text);
        yield await(store.set(caller(socket), new SetStatus(status, text)));
      }
      case 6 -> {
        String call = "call-" + random.nextInt(2);
        boolean in = random.nextBoolean();
        model.mark(call, in);
        yield await(store.mark(caller(socket), new MarkCall(call, in)));
      }
      default -> {
        model.nodeDied(node);
        yield await(store.settleDead(user, node, await(store.now())));
      }
    };
  }

  @Test
  void aSessionThatEndedCountsUntilTheGraceIsOver() {
    store = new PresenceStore(redis, SHORT);
    put("node-1", "a", false);

    Change ended = await(store.end(caller("a"), "node-1"));
    assertThat(ended.isNews()).isFalse();
    assertThat(ended.state().status()).isEqualTo(PresenceStatus.ONLINE);
    assertThat(ended.nextDueMs()).isBetween(1L, SHORT.toMillis());
    await(vertx.timer(SHORT.toMillis() + 1).mapEmpty());

    Change settled = await(store.settle(user, "node-1"));
    assertThat(settled.isNews()).isTrue();
    assertThat(settled.state().status()).isEqualTo(PresenceStatus.OFFLINE);
    assertThat(settled.sessionsLeft()).isZero();
  }

  @Test
  void aSessionThatWasPutTooLateHasEnded() {
    store = new PresenceStore(redis, SHORT);
    Change ended = await(store.end(caller("a"), "node-1"));
    assertThat(ended.state().status()).isEqualTo(PresenceStatus.OFFLINE);

    assertThat(put("node-1", "a", false).state().status()).isEqualTo(PresenceStatus.OFFLINE);
  }

  @Test
  void whoIsBackWithinTheGraceNeverWasAway() {
    store = new PresenceStore(redis, SHORT);
    put("node-1", "a", false);
    await(store.end(caller("a"), "node-1"));

    assertThat(put("node-2", "b", false).isNews()).isFalse();
    await(vertx.timer(SHORT.toMillis() + 1).mapEmpty());
    Change settled = await(store.settle(user, "node-1"));

    assertThat(settled.isNews()).isFalse();
    assertThat(settled.state().status()).isEqualTo(PresenceStatus.ONLINE);
    assertThat(settled.sessionsLeft()).isZero();
  }

  @Test
  void sessionsThatWereReplacedAfterTheirNodeWasTakenForDeadStay() {
    put("node-1", "a", false);
    long diedAt = await(store.now());
    await(vertx.timer(2).mapEmpty());
    put("node-1", "a", false);

    Change settled = await(store.settleDead(user, "node-1", diedAt));

    assertThat(settled.state().status()).isEqualTo(PresenceStatus.ONLINE);
    assertThat(settled.sessionsLeft()).isEqualTo(1);
  }

  @Test
  void ofWhatDevicesKnowToBeSetTheLatestCounts() {
    var late = new StatusSet(PresenceStatus.BUSY, "in theatre", Instant.ofEpochMilli(2_000));
    var early = new StatusSet(PresenceStatus.AWAY, null, Instant.ofEpochMilli(1_000));
    await(store.put(caller("a"), new PutSession("node-1", false, late)));

    Change put = await(store.put(caller("b"), new PutSession("node-2", false, early)));

    assertThat(put.set()).isEqualTo(late);
    assertThat(put.state().status()).isEqualTo(PresenceStatus.BUSY);
    assertThat(put.state().customStatus()).isEqualTo("in theatre");
  }

  @Test
  void aStatusThatWasSetAfterOthersCountsThoughItsClockIsBehind() {
    var future =
        new StatusSet(PresenceStatus.BUSY, null, Instant.now().plus(Duration.ofMinutes(1)));
    await(store.put(caller("a"), new PutSession("node-1", false, future)));

    Change set = await(store.set(caller("a"), new SetStatus(PresenceStatus.ONLINE, null)));

    assertThat(set.state().status()).isEqualTo(PresenceStatus.ONLINE);
    assertThat(Objects.requireNonNull(set.set()).at()).isAfter(future.at());
  }

  @Test
  void usersWhomRedisDoesNotKnowAreOffline() {
    PresenceState state = await(store.read(List.of(user))).getFirst();

    assertThat(state.status()).isEqualTo(PresenceStatus.OFFLINE);
    assertThat(state.lastSeen()).isNull();
  }

  @Test
  void nobodyIsReadFromARedisThatWasEmptied() {
    put("node-1", "a", false);
    await(redis.send(Command.FLUSHALL));

    assertThatThrownBy(() -> await(store.read(List.of(user))))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  private Change put(String node, String socket, boolean idle) {
    return await(store.put(caller(socket), new PutSession(node, idle, null)));
  }

  private Caller caller(String socket) {
    return new Caller(user.tenant(), user.id(), Role.PROVIDER, new SocketId(socket), null);
  }

  private static <T extends @Nullable Object> T await(Future<T> future) {
    try {
      return future.await(5, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
