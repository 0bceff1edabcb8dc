package org.carewire.rooms;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
 * wait. One bad append does not fail its neighbours. Used on one event loop only.
 */
public final class AppendQueue {
  private static final int CAPACITY = 10_000;
  private static final int MAX_BATCH = 500;

  private record Waiting(Append append, Promise<Appended> outcome) {
    RoomKey room() {
      return RoomKey.of(append);
    }
  }

  private final Pool pool;
  private final RoomLog log;
  private final DistributionSummary batchSizes;
  private final Queue<Waiting> queue = new ArrayDeque<>();

  /** The rooms whose appends are in a batch of their own. */
  private final Set<RoomKey> contended = new HashSet<>();

  private boolean inFlight;

  public AppendQueue(Pool pool, RoomLog log, MeterRegistry metrics) {
    this.pool = pool;
    this.log = log;
    this.batchSizes = metrics.summary("carewire.append.batch.size");
  }

  /**
   * Stores an entry; the future completes once it is committed.
   *
   * @return fails with {@code UNAVAILABLE} where too many wait
   */
  public Future<Appended> append(Append append) {
    if (queue.size() >= CAPACITY) {
      return Future.failedFuture(Refusal.unavailable("Too many messages wait to be stored"));
    }
    Promise<Appended> outcome = Promise.promise();
    queue.add(new Waiting(append, outcome));
    next();
    return outcome.future();
  }

  private void next() {
    if (inFlight) {
      return;
    }
    List<Waiting> batch = takeBatch();
    if (batch.isEmpty()) {
      return;
    }
    inFlight = true;
    batchSizes.record(batch.size());
    store(batch)
        .onComplete(
            _ -> {
              inFlight = false;
              next();
            });
  }

  /**
   * The first of those that wait, but for rooms in contention. It ends before a second append of
   * the same name, which then finds the first one stored.
   */
  private List<Waiting> takeBatch() {
    var batch = new ArrayList<Waiting>();
    var names = new HashSet<Append.Name>();
    for (Iterator<Waiting> waiting = queue.iterator();
        waiting.hasNext() && batch.size() < MAX_BATCH; ) {
      Waiting next = waiting.next();
      if (contended.contains(next.room())) {
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

  /** Stores a batch and completes its appends; never fails. */
  private Future<Void> store(List<Waiting> batch) {
    return inTransaction(batch, RoomLogStore.BEGIN_IMPATIENT)
        .recover(
            failure -> {
              if (RoomLogStore.isLocked(failure) || mayBeOneOfThem(batch, failure)) {
                byRoom(batch).forEach(this::storeApart);
              } else {
                batch.forEach(waiting -> waiting.outcome().fail(failure));
              }
              return Future.succeededFuture();
            });
  }

  private static Map<RoomKey, List<Waiting>> byRoom(List<Waiting> batch) {
    Map<RoomKey, List<Waiting>> byRoom = new LinkedHashMap<>();
    batch.forEach(
        waiting -> byRoom.computeIfAbsent(waiting.room(), _ -> new ArrayList<>()).add(waiting));
    return byRoom;
  }

  /** Stores what a batch had for one room, while others go on; later appends to it wait. */
  private void storeApart(RoomKey room, List<Waiting> batch) {
    contended.add(room);
    storePatiently(batch)
        .onComplete(
            _ -> {
              contended.remove(room);
              next();
            });
  }

  private Future<Void> storePatiently(List<Waiting> batch) {
    return inTransaction(batch, RoomLogStore.BEGIN)
        .recover(
            failure -> {
              if (mayBeOneOfThem(batch, failure)) {
                return storeEach(batch);
              }
              batch.forEach(waiting -> waiting.outcome().fail(failure));
              return Future.succeededFuture();
            });
  }

  /** Stores each alone, in order. */
  private Future<Void> storeEach(List<Waiting> batch) {
    Future<Void> done = Future.succeededFuture();
    for (Waiting waiting : batch) {
      done = done.compose(_ -> storePatiently(List.of(waiting)));
    }
    return done;
  }

  /** Whether a failure may be due to one append of several. */
  private static boolean mayBeOneOfThem(List<Waiting> batch, Throwable failure) {
    return batch.size() > 1 && failure instanceof PgException && !Outage.is(failure);
  }

  private Future<Void> inTransaction(List<Waiting> batch, String begin) {
    List<Append> appends = batch.stream().map(Waiting::append).toList();
    return attempt(appends, begin, Conflicts.ATTEMPTS)
        .onSuccess(
            outcomes -> {
              for (int i = 0; i < batch.size(); i++) {
                batch.get(i).outcome().complete(outcomes.get(i));
              }
            })
        .mapEmpty();
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
