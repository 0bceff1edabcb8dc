package org.carewire.rooms;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.carewire.platform.Conflicts;
import org.carewire.platform.Outage;
import org.carewire.protocol.Refusal;
import org.carewire.rooms.RoomLogStore.RoomKey;

/**
 * Appends of one service instance, in batches: one is in flight, and all that waits goes with the
 * next. A room whose lock somebody else holds gets a batch of its own, for which the others do not
 * wait; nor do they for rooms of which a batch may be stored or not. One bad append does not fail
 * its neighbours. Used on one event loop only.
 */
public final class AppendQueue {
  /** Of all that are not answered, wherever they are. */
  private static final int CAPACITY = 10_000;

  /** Of their contents, in bytes. */
  private static final long CAPACITY_BYTES = 64L * 1024 * 1024;

  private static final int MAX_BATCH = 500;

  /**
   * Where fewer wait, the next batch waits a moment for more: what a batch costs is mostly the same
   * however small it is.
   */
  private static final int ENOUGH = 100;

  private static final long GATHER_MS = 2;

  private final Vertx vertx;
  private final Pool pool;
  private final RoomLog log;
  private final DoubtfulAppends doubtful;
  private final DistributionSummary batchSizes;
  private final Queue<WaitingAppend> queue = new ArrayDeque<>();

  /** The rooms whose appends are in a batch apart, or in doubt. */
  private final Set<RoomKey> apart = new HashSet<>();

  private boolean inFlight;
  private int unanswered;
  private long unansweredBytes;

  public AppendQueue(Vertx vertx, Pool pool, RoomLog log, MeterRegistry metrics) {
    this.vertx = vertx;
    this.pool = pool;
    this.log = log;
    this.doubtful = new DoubtfulAppends(vertx, pool, log, metrics);
    this.batchSizes = metrics.summary("carewire.append.batch.size");
  }

  /**
   * Stores an entry; the future completes once it is committed. In an outage it fails only where
   * the entry is not stored, which may take until the outage is over.
   *
   * @return fails with {@code UNAVAILABLE} where too many wait
   */
  public Future<Appended> append(Append append) {
    if (unanswered >= CAPACITY || unansweredBytes >= CAPACITY_BYTES) {
      return Future.failedFuture(Refusal.unavailable("Too many messages wait to be stored"));
    }
    int bytes = append.content().utf8().length;
    unanswered++;
    unansweredBytes += bytes;
    Promise<Appended> outcome = Promise.promise();
    Future<Appended> answered =
        outcome
            .future()
            .onComplete(
                _ -> {
                  unanswered--;
                  unansweredBytes -= bytes;
                });
    queue.add(new WaitingAppend(append, outcome));
    next();
    return answered;
  }

  private void next() {
    if (inFlight) {
      return;
    }
    List<WaitingAppend> batch = takeBatch();
    if (batch.isEmpty()) {
      return;
    }
    inFlight = true;
    batchSizes.record(batch.size());
    attempt(WaitingAppend.appends(batch), RoomLogStore.BEGIN_IMPATIENT, Conflicts.ATTEMPTS)
        .onComplete(
            outcomes -> {
              // Before the answers, so that PostgreSQL works while they are sent.
              goOn();
              answer(batch, outcomes);
            },
            failure -> {
              failed(batch, failure);
              goOn();
            });
  }

  private void goOn() {
    if (queue.size() >= ENOUGH) {
      takeNext();
    } else {
      vertx.setTimer(GATHER_MS, _ -> takeNext());
    }
  }

  private void takeNext() {
    inFlight = false;
    next();
  }

  /**
   * The first of those that wait, but for rooms that are apart. It ends before a second append of
   * the same name, which then finds the first one stored.
   */
  private List<WaitingAppend> takeBatch() {
    var batch = new ArrayList<WaitingAppend>();
    var names = new HashSet<Append.Name>();
    for (Iterator<WaitingAppend> waiting = queue.iterator();
        waiting.hasNext() && batch.size() < MAX_BATCH; ) {
      WaitingAppend next = waiting.next();
      if (apart.contains(next.room())) {
        continue;
      }
      Append.Name name = next.append().name();
      if (name != null && !names.add(name)) {
        break;
      }
      batch.add(next);
      waiting.remove();
    }
    return batch;
  }

  /** Tries a batch that could not be stored room by room, or finds out whether it is. */
  private void failed(List<WaitingAppend> batch, Throwable failure) {
    Map<RoomKey, List<WaitingAppend>> byRoom = byRoom(batch);
    if (RoomLogStore.isLocked(failure) || mayBeOneOfThem(batch, failure)) {
      byRoom.forEach((room, of) -> setApart(Set.of(room), storePatiently(of)));
    } else {
      setApart(byRoom.keySet(), settle(batch, failure));
    }
  }

  private static Map<RoomKey, List<WaitingAppend>> byRoom(List<WaitingAppend> batch) {
    Map<RoomKey, List<WaitingAppend>> byRoom = new LinkedHashMap<>();
    batch.forEach(
        waiting -> byRoom.computeIfAbsent(waiting.room(), _ -> new ArrayList<>()).add(waiting));
    return byRoom;
  }

  /** Lets later appends to these rooms wait for some work on them, while others go on. */
  private void setApart(Set<RoomKey> rooms, Future<Void> work) {
    apart.addAll(rooms);
    work.onComplete(
        _ -> {
          apart.removeAll(rooms);
          next();
        });
  }

  private Future<Void> storePatiently(List<WaitingAppend> batch) {
    return attempt(WaitingAppend.appends(batch), RoomLogStore.BEGIN, Conflicts.ATTEMPTS)
        .onSuccess(outcomes -> answer(batch, outcomes))
        .<Void>mapEmpty()
        .recover(
            failure -> mayBeOneOfThem(batch, failure) ? storeEach(batch) : settle(batch, failure));
  }

  /** Stores each alone, in order. */
  private Future<Void> storeEach(List<WaitingAppend> batch) {
    Future<Void> done = Future.succeededFuture();
    for (WaitingAppend waiting : batch) {
      done = done.compose(_ -> storePatiently(List.of(waiting)));
    }
    return done;
  }

  /** Whether a failure may be due to one append of several. */
  private static boolean mayBeOneOfThem(List<WaitingAppend> batch, Throwable failure) {
    return batch.size() > 1 && failure instanceof PgException && !Outage.is(failure);
  }

  /** Fails the appends of a batch, but for those that are stored all the same. */
  private Future<Void> settle(List<WaitingAppend> batch, Throwable failure) {
    if (!(failure instanceof UncertainCommit commit)) {
      batch.forEach(waiting -> waiting.fail(failure));
      return Future.succeededFuture();
    }
    return doubtful
        .settle(WaitingAppend.appends(batch))
        .onSuccess(
            found -> {
              for (int i = 0; i < batch.size(); i++) {
                WaitingAppend waiting = batch.get(i);
                found.get(i).ifPresentOrElse(waiting::answer, () -> waiting.fail(commit.outage()));
              }
            })
        .onFailure(unknown -> batch.forEach(waiting -> waiting.fail(unknown)))
        .otherwiseEmpty()
        .mapEmpty();
  }

  private static void answer(List<WaitingAppend> batch, List<Appended> outcomes) {
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).answer(outcomes.get(i));
    }
  }

  private Future<List<Appended>> attempt(List<Append> appends, String begin, int attemptsLeft) {
    return pool.withConnection(
            connection ->
                RoomLogStore.atOnce(connection, begin, () -> log.append(connection, appends)))
        .recover(
            failure ->
                attemptsLeft > 1 && Conflicts.is(failure)
                    ? attempt(appends, begin, attemptsLeft - 1)
                    : Future.failedFuture(failure));
  }
}
