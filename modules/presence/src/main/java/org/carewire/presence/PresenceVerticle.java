package org.carewire.presence;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import org.carewire.platform.HighWaterMarks;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Command;
import org.carewire.protocol.Endpoint;
import org.carewire.protocol.PresenceEndpoints;
import org.jspecify.annotations.Nullable;

/** Who is there; one of several instances on a node. */
public final class PresenceVerticle extends VerticleBase {
  /** How long a session that has ended still counts. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** After which it is written when users were last seen. */
  private static final Duration SEEN_LATER = Duration.ofSeconds(1);

  private final Platform platform;
  private final int instance;
  private @Nullable Announcing announcing;
  private @Nullable HighWaterMarks<User, Instant> lastSeen;

  /**
   * Serves as one of its instances; the node holds its lease by then.
   *
   * @param instance from 0, below the number of instances of the bus
   */
  public PresenceVerticle(Platform platform, int instance) {
    this.platform = platform;
    this.instance = instance;
  }

  @Override
  public Future<?> start() {
    var pool = platform.pool();
    var deliveries = platform.deliveries();
    var metrics = platform.metrics();
    var store = new PresenceStore(platform.redis(), GRACE);
    var nodeUsers = new NodeUsers(platform.redis());
    var gone =
        new HighWaterMarks<User, Instant>(
            vertx,
            "lastSeen",
            SEEN_LATER,
            metrics.counter("carewire.lastseen.dropped"),
            seen -> LastSeenStore.write(pool, seen));
    var telling = new Announcing(vertx, store, deliveries, gone, metrics);
    lastSeen = gone;
    announcing = telling;
    var sessions = new KeepingSessions(store, nodeUsers, telling);
    var status = new SettingStatus(store, telling, deliveries);
    var reading = new ReadingPresences(new Sight(pool), store, pool);
    Future<?> served =
        Future.all(
            List.of(
                serve(PresenceEndpoints.READ_PRESENCES, reading::read),
                serve(PresenceEndpoints.REFRESH_PRESENCES, reading::refresh),
                serve(PresenceEndpoints.GET_PRESENCE, reading::get),
                serve(PresenceEndpoints.SET_STATUS, status::set),
                serve(PresenceEndpoints.PUT_SESSION, sessions::put),
                serve(PresenceEndpoints.END_SESSION, sessions::end),
                serve(PresenceEndpoints.SETTLE_USER, sessions::settle),
                serve(PresenceEndpoints.MARK_CALL, sessions::mark)));
    return instance == 0
        ? served.compose(_ -> new DeadNodes(platform, store, nodeUsers, telling).watch())
        : served;
  }

  /** Tells and writes what is not told and written yet. */
  @Override
  public Future<?> stop() {
    if (announcing != null) {
      announcing.close();
    }
    return lastSeen == null ? Future.succeededFuture() : lastSeen.close();
  }

  private <C extends Command, R> Future<Void> serve(
      Endpoint<C, R> endpoint, BiFunction<Caller, C, Future<R>> handler) {
    return platform.bus().serve(instance, endpoint, handler);
  }
}
