package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.platform.Awaiting.await;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.carewire.testkit.TestRedisCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Three masters that share the keys. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterRedisTest extends RedisModeContract {
  /** Of slot 0, which the first master has. */
  private static final String MOVED_KEY = "{06S}";

  private final TestRedisCluster servers;

  ClusterRedisTest() {
    var servers = TestRedisCluster.start();
    // The other one is found by it.
    super(new RedisConfig(RedisConfig.Mode.CLUSTER, servers.uris().subList(1, 3), null));
    this.servers = servers;
  }

  @AfterAll
  void stop() {
    servers.close();
  }

  @Test
  void aKeyThatHasMovedOrIsMovingIsFoundWhereItIs() {
    assertThat(servers.masters().getFirst().command("CLUSTER KEYSLOT " + MOVED_KEY))
        .isEqualTo(":0");
    await(redis.send(Command.SET, MOVED_KEY, "here"));
    String from = servers.masters().getFirst().command("CLUSTER MYID");
    String to = servers.masters().getLast().command("CLUSTER MYID");

    servers.masters().getLast().command("CLUSTER SETSLOT 0 IMPORTING " + from);
    servers.masters().getFirst().command("CLUSTER SETSLOT 0 MIGRATING " + to);
    // A key that is not there any more is asked for where it goes.
    await(redis.send(Command.SET, MOVED_KEY + "new", "there"));
    assertThat(servers.masters().getFirst().command("GET " + MOVED_KEY + "new")).startsWith("-ASK");
    assertThat(await(redis.send(Command.GET, MOVED_KEY + "new")).toString()).isEqualTo("there");
    assertThat(await(redis.send(Command.GET, MOVED_KEY)).toString()).isEqualTo("here");
    servers.masters().getFirst().command("DEL " + MOVED_KEY);
    servers.masters().getLast().command("CLUSTER SETSLOT 0 NODE " + to);
    servers.masters().getFirst().command("CLUSTER SETSLOT 0 NODE " + to);

    assertThat(await(redis.send(Command.GET, MOVED_KEY + "new")).toString()).isEqualTo("there");
    assertThat(
            await(
                    redis.sendAll(
                        List.of(
                            Request.cmd(Command.GET).arg(MOVED_KEY + "new"),
                            Request.cmd(Command.EXISTS).arg(MOVED_KEY))))
                .getFirst()
                .toString())
        .isEqualTo("there");
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void whereAMasterDiesItsReplicaServesAndTheOthersGoOnMeanwhile() {
    List<String> ofFirst = keysOf(0);
    List<String> ofOthers = keysOf(1);
    ofFirst.forEach(key -> await(redis.send(Command.SET, key, "before")));
    assertThat(servers.masters().getFirst().command("WAIT 1 1000")).isEqualTo(":1");

    servers.masters().getFirst().kill();
    for (String key : ofOthers) {
      await(redis.send(Command.SET, key, "meanwhile"));
    }
    Duration away = untilSet(ofFirst.getFirst());

    assertThat(away).isLessThan(Duration.ofSeconds(10));
    assertThat(await(redis.send(Command.GET, ofFirst.getLast())).toString()).isEqualTo("before");
  }

  /** Some keys of a master. */
  private List<String> keysOf(int master) {
    return IntStream.range(0, 1_000)
        .mapToObj(i -> "key-" + i)
        .filter(key -> servers.masters().get(master).command("GET " + key).equals("$-1"))
        .limit(5)
        .toList();
  }
}
