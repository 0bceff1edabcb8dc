package org.carewire.server;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.carewire.platform.Postgres;
import org.carewire.rooms.EpochStore;

/** {@code Main --new-epoch}: what the operator says after a restore of the database. */
final class NewEpoch {
  private static final long SECONDS = 30;

  private NewEpoch() {}

  /**
   * Begins a new history; blocks.
   *
   * @return what to tell the operator
   * @throws StartFailure where the database cannot be changed
   */
  static String begin(CarewireConfig config) {
    // The restored one may be older than this program.
    Node.migrate(config);
    Vertx vertx = Vertx.vertx();
    try {
      Pool pool = Postgres.pool(vertx, config.postgres());
      return told(new EpochStore(pool, Clock.systemUTC()).renew().await(SECONDS, TimeUnit.SECONDS));
    } catch (TimeoutException | RuntimeException e) {
      throw new StartFailure(
          "The database " + config.postgres() + " did not take a new epoch: " + e.getMessage(), e);
    } finally {
      vertx.close().await();
    }
  }

  private static String told(EpochStore.Renewed renewed) {
    return """
    The epoch was %s
    and now it is %s

    Nodes that run notice within two seconds. They send all clients away to come back at once (1012);
    at hello clients learn the new epoch and forget the offsets they kept. Nodes that start later have
    it from the start. What was changed after the point of the restore is gone, revoked tokens too:
    revoke them again.
    """
        .formatted(renewed.former(), renewed.present());
  }
}
