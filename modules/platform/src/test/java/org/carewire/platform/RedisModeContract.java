package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.platform.Awaiting.await;
import static org.carewire.platform.Awaiting.failure;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is the same however Redis is run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RedisModeContract {
  private static final int KEYS = 50;

  final Vertx vertx = Vertx.vertx();
  final RedisAccess redis;

  RedisModeContract(RedisConfig config) {
    redis = new RedisAccess(vertx, config);
  }

  @AfterAll
  void close() {
    await(redis.close());
    await(vertx.close());
  }

  @Test
  void commandsOfAllKeysAreAnswered() {
    for (int i = 0; i < KEYS; i++) {
      await(redis.send(Command.SET, key(i), "value " + i));
    }

    assertThat(IntStream.range(0, KEYS).mapToObj(i -> await(redis.send(Command.GET, key(i)))))
        .extracting(Response::toString)
        .containsExactlyElementsOf(IntStream.range(0, KEYS).mapToObj(i -> "value " + i).toList());
    assertThat(await(redis.send(Command.PING)).toString()).isEqualTo("PONG");
  }

  @Test
  void scriptsRunWhereTheirKeysAre() {
    RedisScript script = RedisScript.load(RedisScriptTest.class, "sum.lua");

    for (int i = 0; i < KEYS; i++) {
      List<String> keys = List.of("sum {" + i + "}");
      await(script.run(redis, keys, List.of("1")));
      assertThat(await(script.run(redis, keys, List.of("2"))).toLong()).isEqualTo(3);
    }
  }

  @Test
  void manyCommandsAreAnsweredInTheirOrder() {
    for (int i = 0; i < KEYS; i++) {
      await(redis.send(Command.SADD, "set " + i, "member " + i));
    }
    var requests =
        IntStream.range(0, KEYS)
            .boxed()
            .flatMap(
                i ->
                    List.of(
                        Request.cmd(Command.SMEMBERS).arg("set " + i),
                        Request.cmd(Command.EXISTS).arg(i % 2 == 0 ? "set " + i : "no " + i),
                        Request.cmd(Command.GET).arg("no " + i))
                        .stream())
            .toList();

    List<Response> answers = await(redis.sendAll(requests));

    assertThat(answers).hasSize(3 * KEYS);
    for (int i = 0; i < KEYS; i++) {
      assertThat(answers.get(3 * i).get(0).toString()).isEqualTo("member " + i);
      assertThat(answers.get(3 * i + 1).toInteger()).isEqualTo(i % 2 == 0 ? 1 : 0);
      assertThat(answers.get(3 * i + 2)).isNull();
    }
    assertThat(await(redis.sendAll(List.of()))).isEmpty();
  }

  @Test
  void theErrorOfOneOfManyIsThatOfAllAndKeepsItsKind() {
    await(redis.send(Command.SET, "text", "no set"));

    Throwable failure =
        failure(
            redis.sendAll(
                List.of(
                    Request.cmd(Command.GET).arg("text"),
                    Request.cmd(Command.SMEMBERS).arg("text"))));

    assertThat(failure).hasMessageStartingWith("WRONGTYPE");
  }

  @Test
  void commandsOfOneSenderAreCarriedOutInTheirOrder() {
    var last = Promise.<Response>promise();
    for (int i = 0; i < 1_000; i++) {
      redis.send(Command.APPEND, "order", i % 10 + "");
    }
    redis.send(Command.GET, "order").onComplete(last);

    assertThat(await(last.future()).toString()).isEqualTo("0123456789".repeat(100));
  }

  @Test
  void answersComeWhereTheAskerIs() {
    Context context = vertx.getOrCreateContext();
    Promise<List<Context>> seen = Promise.promise();
    context.runOnContext(
        _ ->
            redis
                .send(Command.PING)
                .onComplete(
                    _ -> {
                      Context first = Vertx.currentContext();
                      redis
                          .sendAll(List.of(Request.cmd(Command.GET).arg("a")))
                          .onComplete(_ -> seen.complete(List.of(first, Vertx.currentContext())));
                    }));

    assertThat(await(seen.future())).containsExactly(context, context);
  }

  /** Sets a key until that succeeds; answers how long it took. */
  Duration untilSet(String key) {
    long start = System.nanoTime();
    while (await(redis.send(Command.SET, key, "again").map(true).otherwise(false)) == false) {
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
      await(vertx.timer(10));
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  static String key(int number) {
    return "key " + number;
  }
}
