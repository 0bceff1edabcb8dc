package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.TestTransport;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thousands of sessions that came and went leave nothing behind. */
class ChurnTest {
  private static final int USERS = 40;
  private static final int AT_ONCE = 20;

  /** Longer than anything that the server does for a session after its end. */
  private static final Duration FORGOTTEN = Duration.ofSeconds(30);

  /** Bytes of heap for a session that came and went: far less than one that is still there. */
  private static final int MOST_FOR_EACH = 500;

  private static final int WAYS_TO_END = 5;

  private static final List<TestTransport> TRANSPORTS =
      Arrays.stream(Entrance.values()).map(Entrance::transport).toList();

  /** Of each session or request there is one. */
  private static final List<String> OF_SESSIONS =
      List.of(
          "org.carewire.gateway.Session",
          "org.carewire.gateway.SessionRooms",
          "org.carewire.gateway.RequestRates",
          "org.carewire.gateway.BridgeDialect",
          "org.carewire.gateway.JsonDialect",
          "org.carewire.gateway.WebSocketConnection",
          "org.carewire.gateway.SockJsWebSocket",
          "org.carewire.gateway.SockJsConnection",
          "org.carewire.gateway.SockJsResponse");

  /** Some belong to the node itself and to the connection of the test's HTTP client. */
  private static final List<String> TIMERS =
      List.of(
          "org.carewire.gateway.RequestDeadline",
          "io.vertx.core.impl.VertxImpl$InternalTimerHandler",
          "io.netty.util.concurrent.ScheduledFutureTask");

  @Test
  @Timeout(180)
  void sessionsThatCameAndWentLeaveNothingBehind() throws Exception {
    // Of nodes of other tests.
    long others = LiveObjects.count().of(OF_SESSIONS);
    try (Clinic clinic = Clinic.open()) {
      String room = "visit:" + clinic.visit(newId("ann"), newId("doc"));
      comeAndGo(clinic, room, 200);
      assertIsSeenWhileItIsThere(clinic);
      LiveObjects before = awaitNothing(others, Long.MAX_VALUE);

      // So many that what is made once, such as the statements of each connection, does not count.
      int sessions = comeAndGo(clinic, room, 5_000);

      LiveObjects after = awaitNothing(others, before.of(TIMERS));
      long growth = after.bytes() - before.bytes();
      System.out.printf(
          "%,d sessions came and went: heap %,d -> %,d bytes, timers %d -> %d%n",
          sessions, before.bytes(), after.bytes(), before.of(TIMERS), after.of(TIMERS));
      assertThat(growth).isLessThan((long) MOST_FOR_EACH * sessions);
    }
  }

  /** That the names below are those of classes. */
  private static void assertIsSeenWhileItIsThere(Clinic clinic) {
    for (Entrance entrance : Entrance.values()) {
      clinic.connect(entrance).hello(Tokens.admin("admin-0"));
    }
    LiveObjects live = LiveObjects.count();
    assertThat(OF_SESSIONS).allSatisfy(name -> assertThat(live.of(name)).as(name).isPositive());
    assertThat(TIMERS).allSatisfy(name -> assertThat(live.of(name)).as(name).isPositive());
    clinic.sendAllHome();
  }

  /** Waits until no session is left, and no more timers than there may be. */
  private static LiveObjects awaitNothing(long others, long timers) {
    Instant deadline = Instant.now().plus(FORGOTTEN);
    LiveObjects live = LiveObjects.count();
    while ((live.of(OF_SESSIONS) > others || live.of(TIMERS) > timers)
        && Instant.now().isBefore(deadline)) {
      live = LiveObjects.count();
    }
    LiveObjects last = live;
    assertThat(last.of(OF_SESSIONS)).as("sessions and their parts").isLessThanOrEqualTo(others);
    assertThat(last.of(TIMERS)).as("timers").isLessThanOrEqualTo(timers);
    return last;
  }

  private static int comeAndGo(Clinic clinic, String room, int sessions) throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
      List<? extends Future<?>> visits =
          IntStream.range(0, sessions)
              .mapToObj(
                  i ->
                      pool.submit(
                          () -> comeAndGo(clinic, TRANSPORTS.get(i % TRANSPORTS.size()), room, i)))
              .toList();
      for (Future<?> visit : visits) {
        await(visit);
      }
    }
    return sessions;
  }

  private static void await(Future<?> visit) throws InterruptedException {
    try {
      visit.get();
    } catch (ExecutionException e) {
      throw new AssertionError("A session failed", e.getCause());
    }
  }

  /** One session; every way to end comes with every transport. */
  private static void comeAndGo(Clinic clinic, TestTransport transport, String room, int number) {
    TestClient client = transport.open(clinic.node().http());
    switch (number / TRANSPORTS.size() % WAYS_TO_END) {
      case 0 -> {
        enter(client, room, number);
        client.close();
      }
      case 1 -> {
        enter(client, room, number);
        client.drop();
      }
      case 2 -> client.drop();
      case 3 -> {
        client.refusedHello(Tokens.garbage());
        client.awaitClose();
      }
      default -> {
        client.sendRaw("no frame");
        client.awaitClose();
      }
    }
  }

  private static void enter(TestClient client, String room, int number) {
    client.hello(Tokens.admin("admin-" + number % USERS));
    ok(client.request("room:join", object("roomId", room)));
    client.send("typing:start", object("roomId", room));
  }
}
