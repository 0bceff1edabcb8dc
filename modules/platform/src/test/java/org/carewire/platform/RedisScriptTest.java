package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.carewire.platform.Awaiting.await;
import static org.carewire.platform.Awaiting.failure;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.carewire.testkit.TestRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedisScriptTest {
  private static final List<String> KEYS = List.of("the sum");

  private final Vertx vertx = Vertx.vertx();
  private final TestRedis server = TestRedis.startPrivate();
  private final RedisAccess redis =
      new RedisAccess(vertx, RedisConfig.standalone(server.address()));
  private final RedisScript script = RedisScript.load(RedisScriptTest.class, "sum.lua");

  @AfterEach
  void close() {
    await(vertx.close());
    server.close();
  }

  @Test
  void theSourceIsSentOnlyWhereRedisDoesNotHaveIt() {
    assertThat(add("1")).isEqualTo(1);
    assertThat(add("2")).isEqualTo(3);
    assertThat(add("3")).isEqualTo(6);
    assertThat(sourcesSent()).isEqualTo(1);
  }

  @Test
  void aRedisThatHasForgottenItIsToldAgain() {
    add("1");
    await(redis.send(Command.SCRIPT, "FLUSH"));

    assertThat(add("1")).isEqualTo(2);
    assertThat(sourcesSent()).isEqualTo(2);
  }

  @Test
  void anErrorOfTheScriptIsPassedOnAndItIsNotTriedAgain() {
    add("1");

    Throwable failure = failure(script.run(redis, KEYS, List.of("not a number")));

    assertThat(failure).hasMessageContaining("not an integer");
    assertThat(sourcesSent()).isEqualTo(1);
  }

  @Test
  void aScriptThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> RedisScript.load(RedisScriptTest.class, "nothing.lua"))
        .hasMessageContaining("nothing.lua");
  }

  private long add(String number) {
    return await(script.run(redis, KEYS, List.of(number))).toLong();
  }

  private int sourcesSent() {
    String stats = await(redis.send(Command.INFO, "commandstats")).toString();
    Matcher calls = Pattern.compile("cmdstat_eval:calls=(\\d+)").matcher(stats);
    return calls.find() ? Integer.parseInt(calls.group(1)) : 0;
  }
}
