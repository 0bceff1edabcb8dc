package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.platform.Awaiting.await;
import static org.carewire.platform.Awaiting.failure;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.List;
import org.carewire.testkit.FaultProxy;
import org.carewire.testkit.TestRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** One Redis. */
class StandaloneRedisTest extends RedisModeContract {
  private final TestRedis server;
  private final FaultProxy network;

  StandaloneRedisTest() {
    var server = TestRedis.startPrivate();
    var network = FaultProxy.before(server.port());
    super(RedisConfig.standalone("redis://127.0.0.1:" + network.port()));
    this.server = server;
    this.network = network;
  }

  @AfterAll
  void stop() {
    network.close();
    server.close();
  }

  @Test
  void whileTheNetworkIsHungCommandsFailInASecondAndAreAnsweredAgainAfterIt() {
    await(redis.send(Command.PING));
    network.hang();
    long start = System.nanoTime();

    assertThat(Outage.is(failure(redis.send(Command.PING)))).isTrue();
    assertThat(Outage.is(failure(redis.sendAll(List.of(Request.cmd(Command.GET).arg("a"))))))
        .isTrue();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    network.resume();
    assertThat(untilSet("hung")).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aConnectionThatIsCutIsMadeAnew() {
    await(redis.send(Command.PING));
    network.cut();

    assertThat(untilSet("cut")).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void whatIsClosedAnswersNoMore() {
    Vertx vertx = Vertx.vertx();
    var closed = new RedisAccess(vertx, RedisConfig.standalone(server.address()));
    await(closed.send(Command.PING));
    await(closed.close());

    assertThat(failure(closed.send(Command.PING))).hasMessage("Redis is closed");
    await(vertx.close());
  }
}
