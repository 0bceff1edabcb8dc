package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.core.VertxException;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks where the masters are: all at once who may know it, as some may be gone, hung or cut off
 * from the others. The answer of who has come furthest in the history of fail-overs counts.
 */
final class FindingMasters {
  private static final long ANSWER_MS = 500;
  private static final Pattern EPOCH = Pattern.compile("cluster_current_epoch:(\\d+)");

  /** What a node says that has lost the others. */
  private static final long CUT_OFF = -1;

  private final RedisConfig config;
  private final Function<String, RedisLink> links;

  FindingMasters(RedisConfig config, Function<String, RedisLink> links) {
    this.config = config;
    this.links = links;
  }

  /** Those who are asked whatever is known. */
  List<String> guides() {
    return switch (config.mode()) {
      case STANDALONE -> config.uris();
      case SENTINEL, CLUSTER -> config.urisWithoutDatabase();
    };
  }

  /**
   * Finds them.
   *
   * @param more others that may know
   */
  Future<RedisMasters> find(Collection<String> more) {
    return switch (config.mode()) {
      case STANDALONE -> Future.succeededFuture(RedisMasters.one(0, config.uris().getFirst()));
      case SENTINEL -> latest(guides(), this::askSentinel);
      case CLUSTER -> {
        var nodes = new ArrayList<>(guides());
        more.stream().filter(uri -> !nodes.contains(uri)).forEach(nodes::add);
        yield latest(nodes, this::askNode);
      }
    };
  }

  private static Future<RedisMasters> latest(
      List<String> asked, Function<String, Future<RedisMasters>> question) {
    List<Future<RedisMasters>> answers =
        asked.stream()
            .map(uri -> question.apply(uri).timeout(ANSWER_MS, TimeUnit.MILLISECONDS))
            .toList();
    return Future.join(answers)
        .transform(
            _ ->
                answers.stream()
                    .filter(Future::succeeded)
                    .map(Future::result)
                    .max(Comparator.comparingLong(RedisMasters::age))
                    .map(Future::succeededFuture)
                    .orElseGet(
                        () ->
                            Future.failedFuture(
                                new VertxException("Nobody says where Redis is", true))));
  }

  private Future<RedisMasters> askSentinel(String uri) {
    return links
        .apply(uri)
        .send(Request.cmd(Command.SENTINEL).arg("MASTER").arg(String.valueOf(config.master())))
        .map(
            master ->
                RedisMasters.one(
                    master.get("config-epoch").toLong(),
                    config.uriOf(
                        master.get("ip").toString(), master.get("port").toInteger(), uri)));
  }

  private Future<RedisMasters> askNode(String uri) {
    return links
        .apply(uri)
        .batch(
            List.of(
                Request.cmd(Command.CLUSTER).arg("INFO"),
                Request.cmd(Command.CLUSTER).arg("SLOTS")))
        .map(answers -> masters(answers.get(0).toString(), answers.get(1), uri));
  }

  private RedisMasters masters(String info, Response slots, String uri) {
    Matcher epoch = EPOCH.matcher(info);
    long age =
        info.contains("cluster_state:ok") && epoch.find()
            ? Long.parseLong(epoch.group(1))
            : CUT_OFF;
    var spans = new ArrayList<RedisMasters.Span>();
    for (Response span : slots) {
      Response master = span.get(2);
      Response host = master.get(0);
      spans.add(
          new RedisMasters.Span(
              span.get(0).toInteger(),
              span.get(1).toInteger(),
              config.uriOf(host == null ? "" : host.toString(), master.get(1).toInteger(), uri)));
    }
    return RedisMasters.cluster(age, spans);
  }
}
