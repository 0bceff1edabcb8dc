package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.platform.Awaiting.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.redis.client.Command;
import java.time.Clock;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.carewire.platform.Doubts.Reason;
import org.carewire.testkit.TestRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that is alone in its cluster, and what it makes of another one that Redis knows. */
class SplitWatchTest {
  private static final String NODES = "carewire:nodes";
  private static final String OTHER = "other";

  private final TestRedis server = TestRedis.startPrivate();
  private final NodeId self = NodeId.fresh();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Cluster.Joined joined =
      await(
          Cluster.join(
              Vertx.builder(),
              new VertxOptions(),
              new ClusterConfig(
                  "split-watch-" + self,
                  new ClusterConfig.Join.Members(List.of()),
                  "127.0.0.1",
                  0,
                  0,
                  null,
                  null),
              self,
              NodeRole.ALL));
  private final RedisAccess redis =
      new RedisAccess(joined.vertx(), RedisConfig.standalone(server.address()));

  @BeforeEach
  void start() {
    var doubts = new Doubts(Clock.systemUTC(), metrics);
    new SplitWatch(joined.vertx(), joined.cluster(), redis, Clock.systemUTC(), doubts).start();
  }

  @AfterEach
  void close() {
    await(joined.vertx().close());
    server.close();
  }

  @Test
  void oneThatGoesOnWithoutBeingInTheClusterIsApart() {
    until(
        () -> {
          say(OTHER);
          return splits() > 0;
        });
  }

  @Test
  void oneThatSaysNothingAnyMoreIsGoneAndNotApart() {
    say(OTHER);

    for (int look = 0; look < 5; look++) {
      String before = saidAt(self.value());
      until(() -> !saidAt(self.value()).equals(before));
    }

    assertThat(splits()).isZero();
  }

  private void say(String node) {
    String now = Long.toString(Clock.systemUTC().millis());
    await(redis.send(Command.ZADD, NODES, now, node));
  }

  private String saidAt(String node) {
    return String.valueOf(await(redis.send(Command.ZSCORE, NODES, node)));
  }

  private double splits() {
    return metrics.counter("carewire.deliveries.doubts", "reason", Reason.SPLIT.name()).count();
  }

  private static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time").isLessThan(deadline);
    }
  }
}
