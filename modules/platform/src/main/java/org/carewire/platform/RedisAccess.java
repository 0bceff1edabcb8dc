package org.carewire.platform;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redis, where nothing lives that cannot be rebuilt; a command that takes long has failed. Each
 * server has one connection, so commands about the same key are carried out in the order in which
 * they were sent, as long as it holds.
 *
 * <p>The modes of the Vert.x client for Sentinel and Cluster are not used: they ask one sentinel or
 * node after the other, and wait for one that hangs; and a command to a cluster fails while any of
 * its servers is down. Here, who serves what is asked of all at once, again every 2 s and as soon
 * as a server is lost or says that it is not the one.
 */
public final class RedisAccess {
  private static final Logger log = LoggerFactory.getLogger(RedisAccess.class);
  private static final long TIMEOUT_MS = 1_000;
  private static final long TICK_MS = 250;
  private static final int TICKS_A_READ = 8;
  private static final int REDIRECTIONS = 3;

  /** What those say who are not, or not yet, or no longer, the master of a key. */
  private static final List<String> NOT_THE_ONE =
      List.of("MOVED", "READONLY", "CLUSTERDOWN", "MASTERDOWN");

  private final VertxInternal vertx;
  private final RedisConfig config;
  private final FindingMasters finding;

  /** On which alone everything below is touched, whoever asks. */
  private final ContextInternal context;

  private final Map<String, RedisLink> links = new HashMap<>();
  private Future<RedisMasters> masters;
  private List<String> known = List.of();
  private boolean found = true;
  private boolean reading;
  private boolean doubted;
  private boolean closed;
  private Runnable onLoss = () -> {};
  private int ticks;
  private long timer;

  public RedisAccess(Vertx vertx, RedisConfig config) {
    this.vertx = (VertxInternal) vertx;
    this.config = config;
    this.finding = new FindingMasters(config, this::link);
    // Of no verticle, as it outlives them.
    this.context = this.vertx.createEventLoopContext();
    Promise<RedisMasters> first = context.promise();
    this.masters = first.future();
    context.runOnContext(
        _ -> {
          timer = context.setPeriodic(TICK_MS, _ -> tick());
          read().onComplete(first);
        });
  }

  public Future<Response> send(Command command, String... arguments) {
    Request request = Request.cmd(command);
    for (String argument : arguments) {
      request.arg(argument);
    }
    return within(() -> send(request));
  }

  /**
   * Sends commands of one key each, which may be carried out in any order and, where a server is
   * lost, twice: at once, in one piece for each server.
   *
   * @return the answers, in the order of the commands; the failure of one is that of all
   */
  public Future<List<Response>> sendAll(List<Request> requests) {
    return requests.isEmpty()
        ? Future.succeededFuture(List.of())
        : within(() -> masters.compose(serving -> sendAll(requests, serving)));
  }

  private Future<List<Response>> sendAll(List<Request> requests, RedisMasters serving) {
    var places = new LinkedHashMap<String, List<Integer>>();
    for (int i = 0; i < requests.size(); i++) {
      String uri = serving.of(requests.get(i));
      if (uri == null) {
        return Future.failedFuture(nobody());
      }
      places.computeIfAbsent(uri, _ -> new ArrayList<>()).add(i);
    }
    var answers = new Response[requests.size()];
    List<Future<?>> batches = new ArrayList<>();
    places.forEach(
        (uri, ofServer) ->
            batches.add(
                batch(uri, ofServer.stream().map(requests::get).toList())
                    .onSuccess(
                        some -> {
                          for (int i = 0; i < some.size(); i++) {
                            answers[ofServer.get(i)] = some.get(i);
                          }
                        })));
    return Future.all(batches).map(_ -> Arrays.asList(answers));
  }

  private Future<List<Response>> batch(String uri, List<Request> requests) {
    return link(uri)
        .batch(requests)
        .recover(
            failure ->
                // One has been refused; which one, and whether it is to be asked elsewhere, is
                // not to be told from this.
                failure instanceof ErrorType
                    ? Future.all(requests.stream().map(this::send).toList()).map(all -> all.list())
                    : Future.failedFuture(failure));
  }

  private Future<Response> send(Request request) {
    return masters.compose(
        serving -> {
          String uri = serving.of(request);
          return uri == null
              ? Future.failedFuture(nobody())
              : send(uri, List.of(request), REDIRECTIONS);
        });
  }

  /** Sends the last one, after those before it. */
  private Future<Response> send(String uri, List<Request> requests, int redirections) {
    Request request = requests.getLast();
    Future<Response> answer =
        requests.size() == 1
            ? link(uri).send(request)
            : link(uri).batch(requests).map(List::getLast);
    return answer.recover(
        failure -> {
          if (!(failure instanceof ErrorType error)) {
            return Future.failedFuture(failure);
          }
          doubted |= NOT_THE_ONE.stream().anyMatch(error::is);
          boolean asking = error.is("ASK");
          if (redirections == 0 || !(asking || error.is("MOVED"))) {
            return Future.failedFuture(failure);
          }
          return send(
              redirected(error, uri),
              asking ? List.of(Request.cmd(Command.ASKING), request) : List.of(request),
              redirections - 1);
        });
  }

  private String redirected(ErrorType error, String uri) {
    // As in MOVED 3999 127.0.0.1:6381.
    String address = String.valueOf(error.slice(' ', 2));
    int colon = address.lastIndexOf(':');
    return config.uriOf(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)), uri);
  }

  private static VertxException closed() {
    return new VertxException("Redis is closed", true);
  }

  private static VertxException nobody() {
    return new VertxException("No Redis server has the key", true);
  }

  private RedisLink link(String uri) {
    return links.computeIfAbsent(uri, _ -> new RedisLink(context, uri, this::lost));
  }

  private void lost() {
    doubted = true;
    onLoss.run();
  }

  /**
   * From now on is told when a server was lost, or others have the keys: something that was written
   * may be gone.
   */
  public void onLoss(Runnable listener) {
    context.execute(() -> onLoss = listener);
  }

  /** Does something where the state is; the answer comes where the caller is. */
  private <T> Future<T> within(Supplier<Future<T>> work) {
    Promise<T> answer = vertx.promise();
    context.execute(
        () -> {
          if (closed) {
            answer.fail(closed());
          } else {
            work.get().onComplete(answer);
          }
        });
    return answer.future().timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    List.copyOf(links.values()).forEach(RedisLink::tick);
    ticks++;
    if (!reading && (doubted || masters.failed() || ticks % TICKS_A_READ == 0)) {
      // Where it fails, what was known may still be so.
      read().onSuccess(now -> masters = Future.succeededFuture(now));
    }
  }

  private Future<RedisMasters> read() {
    reading = true;
    doubted = false;
    return finding
        .find(known)
        .onComplete(
            done -> {
              reading = false;
              if (done.succeeded()) {
                keep(done.result().uris());
              } else if (found) {
                log.atWarn().addKeyValue("mode", config.mode()).log("redis.mastersNotFound");
              }
              found = done.succeeded();
            });
  }

  private void keep(List<String> uris) {
    if (found && known.equals(uris)) {
      return;
    }
    log.atInfo()
        .addKeyValue("masters", uris.stream().map(RedisConfig::address).toList())
        .log("redis.mastersFound");
    known = uris;
    onLoss.run();
    List<String> needed = Stream.concat(finding.guides().stream(), uris.stream()).toList();
    List<String> over = links.keySet().stream().filter(uri -> !needed.contains(uri)).toList();
    over.forEach(uri -> Objects.requireNonNull(links.remove(uri)).close());
  }

  public Future<Void> close() {
    Promise<Void> done = vertx.promise();
    context.execute(
        () -> {
          closed = true;
          masters = Future.failedFuture(closed());
          context.owner().cancelTimer(timer);
          List.copyOf(links.values()).forEach(RedisLink::close);
          done.complete();
        });
    return done.future();
  }
}
