package org.carewire.chat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.LinkedHashMap;
import java.util.Map;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.SeeUser;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.rooms.UserStore;

/**
 * Notes the role in which users have come, by which others may chat with them. All who were on a
 * node that has died come at once, so they are noted together. Used on one event loop only.
 */
final class SeeingUsers {
  private static final long GATHERED_MS = 20;
  private static final int CAPACITY = 50_000;

  private record User(TenantId tenant, UserId id) {}

  private final Vertx vertx;
  private final Pool pool;
  private Map<User, Caller> waiting = new LinkedHashMap<>();
  private Promise<Done> outcome = Promise.promise();
  private boolean scheduled;

  SeeingUsers(Vertx vertx, Pool pool) {
    this.vertx = vertx;
    this.pool = pool;
  }

  Future<Done> see(Caller caller, SeeUser command) {
    if (waiting.size() >= CAPACITY) {
      throw Refusal.unavailable("Too many users come at once");
    }
    waiting.put(new User(caller.tenant(), caller.user()), caller);
    if (!scheduled) {
      scheduled = true;
      vertx.setTimer(GATHERED_MS, _ -> note());
    }
    return outcome.future();
  }

  private void note() {
    Map<User, Caller> batch = waiting;
    Promise<Done> noted = outcome;
    waiting = new LinkedHashMap<>();
    outcome = Promise.promise();
    UserStore.seen(pool, batch.values())
        .map(_ -> Done.DONE)
        .onComplete(
            done -> {
              noted.handle(done);
              scheduled = !waiting.isEmpty();
              if (scheduled) {
                note();
              }
            });
  }
}
