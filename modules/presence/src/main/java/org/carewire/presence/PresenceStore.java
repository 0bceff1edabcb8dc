package org.carewire.presence;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.carewire.platform.RedisAccess;
import org.carewire.platform.RedisScript;
import org.carewire.protocol.Caller;
import org.carewire.protocol.MarkCall;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PresenceStatus;
import org.carewire.protocol.PutSession;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.SetStatus;
import org.carewire.protocol.StatusSet;
import org.jspecify.annotations.Nullable;

/** Who is there, in Redis: a hash a user, which only {@code presence.lua} changes. */
final class PresenceStore {
  private static final RedisScript SCRIPT = RedisScript.load(PresenceStore.class, "presence.lua");

  /** There while what Redis has is the whole picture; gone with it. */
  private static final String WHOLE = "carewire:presence:whole";

  /** Of a user that Redis does not know it is not known since when. */
  private static final Duration NOT_KNOWN_SINCE = Duration.ofSeconds(1);

  private final RedisAccess redis;
  private final Duration grace;

  /**
   * The store.
   *
   * @param grace how long a session that has ended still counts, as its user may come back
   */
  PresenceStore(RedisAccess redis, Duration grace) {
    this.redis = redis;
    this.grace = grace;
  }

  Duration grace() {
    return grace;
  }

  Future<Change> put(Caller caller, PutSession session) {
    User user = User.of(caller);
    StatusSet set = session.set();
    String[] known =
        set == null
            ? new String[] {"", "", ""}
            : new String[] {
              set.status().wireName(),
              text(set.customStatus()),
              Long.toString(set.at().toEpochMilli())
            };
    Future<?> noted = redis.send(Command.SADD, NodeUsers.key(session.node()), user.name());
    Future<Change> put =
        change(
            user,
            "put",
            session.node(),
            socket(caller),
            session.idle() ? "1" : "0",
            known[0],
            known[1],
            known[2]);
    return Future.all(noted, put).map(_ -> put.result());
  }

  Future<Change> end(Caller caller, String node) {
    return change(User.of(caller), "end", node, socket(caller));
  }

  /** Sessions that ended long enough ago are over. */
  Future<Change> settle(User user, String node) {
    return change(user, "settle", node, "");
  }

  /** The same, and so are all sessions of a node that has died which were put until then. */
  Future<Change> settleDead(User user, String node, long putUntil) {
    return change(user, "settle", node, Long.toString(putUntil));
  }

  Future<Change> set(Caller caller, SetStatus status) {
    return change(
        User.of(caller), "set", "", status.status().wireName(), text(status.customStatus()));
  }

  Future<Change> mark(Caller caller, MarkCall call) {
    return change(User.of(caller), "call", "", call.callId(), call.inCall() ? "1" : "0");
  }

  private Future<Change> change(User user, String what, String... arguments) {
    var all = new ArrayList<String>(2 + arguments.length);
    all.add(what);
    all.add(Long.toString(grace.toMillis()));
    all.addAll(List.of(arguments));
    return SCRIPT.run(redis, List.of(key(user)), all).map(answer -> changed(user, answer));
  }

  private static Change changed(User user, Response answer) {
    String set = answer.get(5).toString();
    return new Change(
        new PresenceState(
            user.tenant(),
            user.id(),
            PresenceStatus.parse(answer.get(1).toString()),
            time(answer.get(4)),
            absentIfEmpty(answer.get(2)),
            timeOr(answer.get(3), Instant.EPOCH)),
        answer.get(0).toInteger() == 1,
        set.isEmpty()
            ? null
            : new StatusSet(
                PresenceStatus.parse(set),
                absentIfEmpty(answer.get(6)),
                timeOr(answer.get(7), Instant.EPOCH)),
        answer.get(8).toLong(),
        answer.get(9).toInteger());
  }

  /**
   * What others see of users, in their order; whom Redis does not know is offline, without a time
   * of having been seen.
   *
   * @return fails with a {@link Refusal} while the picture is not whole
   */
  Future<List<PresenceState>> read(List<User> users) {
    var requests = new ArrayList<Request>(2 + users.size());
    requests.add(Request.cmd(Command.TIME));
    users.forEach(
        user ->
            requests.add(
                Request.cmd(Command.HMGET)
                    .arg(key(user))
                    .arg("shown")
                    .arg("custom")
                    .arg("at")
                    .arg("seenAt")));
    // Behind the others, so that what was read was not emptied meanwhile.
    requests.add(Request.cmd(Command.GET).arg(WHOLE));
    return redis
        .sendAll(requests)
        .map(
            answers -> {
              if (answers.getLast() == null) {
                throw Refusal.unavailable("Who is there is not known yet, try again");
              }
              Instant unknownSince = redisTime(answers.getFirst()).minus(NOT_KNOWN_SINCE);
              var states = new ArrayList<PresenceState>(users.size());
              for (int i = 0; i < users.size(); i++) {
                states.add(state(users.get(i), answers.get(1 + i), unknownSince));
              }
              return states;
            });
  }

  private static PresenceState state(User user, Response stored, Instant unknownSince) {
    Response shown = stored.get(0);
    return new PresenceState(
        user.tenant(),
        user.id(),
        shown == null ? PresenceStatus.OFFLINE : PresenceStatus.parse(shown.toString()),
        time(stored.get(3)),
        absentIfEmpty(stored.get(1)),
        timeOr(stored.get(2), unknownSince));
  }

  /** The time by the clock of Redis, in milliseconds. */
  Future<Long> now() {
    return redis.send(Command.TIME).map(answer -> redisTime(answer).toEpochMilli());
  }

  private static Instant redisTime(Response time) {
    return Instant.ofEpochSecond(time.get(0).toLong(), time.get(1).toLong() * 1_000);
  }

  Future<Boolean> isWhole() {
    return redis.send(Command.EXISTS, WHOLE).map(answer -> answer.toInteger() == 1);
  }

  /** From now on the picture is whole; answers whether it was not. */
  Future<Boolean> becomesWhole() {
    return redis.send(Command.SET, WHOLE, "1", "NX").map(answer -> answer != null);
  }

  private static @Nullable Instant time(@Nullable Response millis) {
    return millis == null || millis.toString().isEmpty()
        ? null
        : Instant.ofEpochMilli(millis.toLong());
  }

  private static Instant timeOr(@Nullable Response millis, Instant otherwise) {
    Instant time = time(millis);
    return time == null ? otherwise : time;
  }

  private static @Nullable String absentIfEmpty(@Nullable Response text) {
    return text == null || text.toString().isEmpty() ? null : text.toString();
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String socket(Caller caller) {
    if (caller.socket() == null) {
      throw Refusal.badRequest("Only a session can be there");
    }
    return caller.socket().value();
  }

  private static String key(User user) {
    return "carewire:presence:{" + user.name() + "}";
  }
}
