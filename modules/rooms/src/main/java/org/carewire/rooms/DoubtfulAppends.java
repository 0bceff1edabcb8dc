package org.carewire.rooms;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.Optional;
import org.carewire.platform.Conflicts;
import org.carewire.platform.Outage;
import org.carewire.rooms.Appended.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends whose commit was never answered. Finds out whether they are stored, however long that
 * takes, so that what is stored is told to the room's members even where nobody asks again.
 */
final class DoubtfulAppends {
  private static final Logger log = LoggerFactory.getLogger(DoubtfulAppends.class);

  /**
   * Also before the first attempt: a transaction that PostgreSQL has received, but not begun, must
   * get to the lock of its rooms before the one that asks about it does.
   */
  private static final long RETRY_MS = 250;

  private final Vertx vertx;
  private final Pool pool;
  private final RoomLog rooms;
  private final Counter stored;
  private final Counter notStored;

  DoubtfulAppends(Vertx vertx, Pool pool, RoomLog rooms, MeterRegistry metrics) {
    this.vertx = vertx;
    this.pool = pool;
    this.rooms = rooms;
    this.stored = metrics.counter("carewire.append.indoubt", "outcome", "stored");
    this.notStored = metrics.counter("carewire.append.indoubt", "outcome", "notStored");
  }

  /**
   * Settles the doubt. Nothing else may be appended to these rooms by this instance meanwhile.
   *
   * @return one outcome for each, in the same order; empty for what is not stored
   */
  Future<List<Optional<Stored>>> settle(List<Append> appends) {
    Promise<List<Optional<Stored>>> settled = Promise.promise();
    lookUpLater(appends, settled);
    return settled.future();
  }

  /** The timer is the verticle's and ends with it. */
  private void lookUpLater(List<Append> appends, Promise<List<Optional<Stored>>> settled) {
    vertx.setTimer(
        RETRY_MS,
        _ ->
            lookUp(appends)
                .onComplete(
                    outcomes -> {
                      count(outcomes);
                      settled.complete(outcomes);
                    },
                    failure -> {
                      if (mayPass(failure)) {
                        lookUpLater(appends, settled);
                      } else {
                        settled.fail(failure);
                      }
                    }));
  }

  private Future<List<Optional<Stored>>> lookUp(List<Append> appends) {
    return pool.withConnection(
        connection ->
            RoomLogStore.atOnce(
                connection, RoomLogStore.BEGIN, () -> rooms.stored(connection, appends)));
  }

  private static boolean mayPass(Throwable failure) {
    return failure instanceof UncertainCommit || Outage.is(failure) || Conflicts.is(failure);
  }

  private void count(List<Optional<Stored>> outcomes) {
    int found = outcomes.stream().flatMap(Optional::stream).toList().size();
    stored.increment(found);
    notStored.increment(outcomes.size() - found);
    log.atWarn()
        .addKeyValue("entries", outcomes.size())
        .addKeyValue("stored", found)
        .log("append.inDoubt");
  }
}
