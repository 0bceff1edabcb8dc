package org.carewire.notifications;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The key pair, made by whichever node needs it first. Used on one event loop only. */
final class PushKeys {
  /** What the point of a key begins with where it is not compressed. */
  private static final byte UNCOMPRESSED = 4;

  private static final int COORDINATE_BYTES = 32;

  private final Vertx vertx;
  private final PushKeyStore store;
  private @Nullable PushKeyPair known;

  PushKeys(Vertx vertx, PushKeyStore store) {
    this.vertx = vertx;
    this.store = store;
  }

  Future<PushKeyPair> pair() {
    return known != null
        ? Future.succeededFuture(known)
        : store
            .read()
            .compose(found -> found.map(Future::succeededFuture).orElseGet(this::make))
            .onSuccess(pair -> known = pair);
  }

  /** Another node may be faster. */
  private Future<PushKeyPair> make() {
    return vertx
        .executeBlocking(PushKeys::generate)
        .compose(store::keep)
        .compose(_ -> store.read())
        .map(found -> found.orElseThrow());
  }

  private static PushKeyPair generate() throws JOSEException {
    ECKey key = new ECKeyGenerator(Curve.P_256).generate();
    byte[] point = new byte[1 + 2 * COORDINATE_BYTES];
    point[0] = UNCOMPRESSED;
    System.arraycopy(key.getX().decode(), 0, point, 1, COORDINATE_BYTES);
    System.arraycopy(key.getY().decode(), 0, point, 1 + COORDINATE_BYTES, COORDINATE_BYTES);
    return new PushKeyPair(
        Base64.getUrlEncoder().withoutPadding().encodeToString(point), key.getD().toString());
  }
}
