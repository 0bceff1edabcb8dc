package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.platform.Awaiting.await;
import static org.carewire.platform.Awaiting.failure;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Clock;
import java.util.Set;
import org.carewire.testkit.TestRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeLeaseTest {
  private final Vertx vertx = Vertx.vertx();
  private final TestRedis server = TestRedis.startPrivate();
  private final RedisAccess redis =
      new RedisAccess(vertx, RedisConfig.standalone(server.address()));
  private final NodeId one = NodeId.fresh();
  private final NodeId other = NodeId.fresh();
  private final NodeLease ofOne = lease(one);
  private final NodeLease ofOther = lease(other);

  private NodeLease lease(NodeId node) {
    var doubts = new Doubts(Clock.systemUTC(), new SimpleMeterRegistry());
    return new NodeLease(vertx, redis, node, Clock.systemUTC(), doubts);
  }

  @AfterEach
  void close() {
    await(vertx.close());
    server.close();
  }

  @Test
  void aNodeIsAliveToOthersWhileItHoldsItsLease() {
    await(ofOne.hold());
    Set<String> both = Set.of(one.value(), other.value());
    assertThat(await(ofOther.alive(both))).isEqualTo(both);

    await(ofOne.release());

    assertThat(await(ofOther.alive(both))).containsExactly(other.value());
  }

  @Test
  void aNodeIsAliveToItselfWithoutALease() {
    assertThat(await(ofOne.alive(Set.of(one.value())))).containsExactly(one.value());
  }

  @Test
  void noNodesAreAskedForAndNoneIsAlive() {
    assertThat(await(ofOne.alive(Set.of()))).isEmpty();
  }

  @Test
  void aLeaseEndsByItselfWithinSeconds() {
    await(ofOne.hold());

    long ttl = await(redis.send(Command.PTTL, "carewire:node:" + one)).toLong();

    assertThat(ttl).isBetween(1L, 5_000L);
  }

  @Test
  void withoutRedisNobodyKnowsWhoIsAlive() {
    server.stop();

    assertThat(Outage.is(failure(ofOne.alive(Set.of(other.value()))))).isTrue();
  }

  @Test
  void aNodeThatStartsWithoutRedisHoldsItsLeaseSoonAfterRedisIsThere() {
    server.stop();
    await(ofOne.hold());
    server.start();

    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!await(ofOther.alive(Set.of(one.value())).otherwise(Set.of())).contains(one.value())) {
      assertThat(System.nanoTime()).as("time").isLessThan(deadline);
    }
  }
}
