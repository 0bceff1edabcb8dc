package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.RowIterator;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/** The one key pair of all nodes. */
final class PushKeyStore {
  private static final String READ = "select public_key, private_key from push_key where single";

  private static final String KEEP =
      "insert into push_key (public_key, private_key) values ($1, $2) on conflict do nothing";

  private final Pool pool;

  PushKeyStore(Pool pool) {
    this.pool = pool;
  }

  Future<Optional<PushKeyPair>> read() {
    return pool.preparedQuery(READ)
        .mapping(row -> new PushKeyPair(row.getString("public_key"), row.getString("private_key")))
        .execute()
        .map(
            rows -> {
              RowIterator<PushKeyPair> found = rows.iterator();
              return found.hasNext() ? Optional.of(found.next()) : Optional.empty();
            });
  }

  /** Keeps it unless there is one already. */
  Future<?> keep(PushKeyPair pair) {
    return pool.preparedQuery(KEEP).execute(Tuple.of(pair.publicKey(), pair.privateKey()));
  }
}
