package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.platform.Awaiting.await;
import static org.carewire.platform.Awaiting.failure;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.List;
import org.carewire.testkit.TestSentinels;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A master that sentinels know, and replace. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SentinelRedisTest extends RedisModeContract {
  private final TestSentinels servers;

  SentinelRedisTest() {
    var servers = TestSentinels.start();
    super(new RedisConfig(RedisConfig.Mode.SENTINEL, servers.uris(), TestSentinels.MASTER));
    this.servers = servers;
  }

  @AfterAll
  void stop() {
    servers.close();
  }

  @Test
  void aMasterThatNoSentinelKnowsIsAnOutage() {
    Vertx vertx = Vertx.vertx();
    var other =
        new RedisAccess(
            vertx, new RedisConfig(RedisConfig.Mode.SENTINEL, servers.uris(), "nobody"));

    assertThat(Outage.is(failure(other.send(Command.PING)))).isTrue();

    await(other.close());
    await(vertx.close());
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void whereTheMasterDiesThePromotedReplicaServesThoughASentinelHangs() {
    await(redis.send(Command.SET, "before", "1"));
    assertThat(await(redis.send(Command.WAIT, "1", "1000")).toInteger()).isEqualTo(1);

    servers.sentinels().getFirst().pause();
    servers.master().kill();
    Duration away = untilSet("after");
    servers.sentinels().getFirst().resume();

    assertThat(away).isLessThan(Duration.ofSeconds(10));
    assertThat(await(redis.send(Command.GET, "before")).toString()).isEqualTo("1");
    RedisScript script = RedisScript.load(RedisScriptTest.class, "sum.lua");
    assertThat(await(script.run(redis, List.of("new sum"), List.of("2"))).toLong()).isEqualTo(2);
  }
}
