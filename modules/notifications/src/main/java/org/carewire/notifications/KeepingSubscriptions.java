package org.carewire.notifications;

import io.vertx.core.Future;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Base64;
import org.carewire.protocol.Caller;
import org.carewire.protocol.DeletePushSubscription;
import org.carewire.protocol.Done;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.GetPushKey;
import org.carewire.protocol.PushKey;
import org.carewire.protocol.PutPushSubscription;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** Where the caller's browsers are to be pushed to. */
final class KeepingSubscriptions {
  private static final int MOST_OF_A_USER = 50;
  private static final int AUTH_BYTES = 16;

  private final @Nullable PushServices services;
  private final PushKeys keys;
  private final PushSubscriptionStore store;
  private final Clock clock;

  /**
   * For the users of some push services.
   *
   * @param services absent where browsers are not pushed to
   */
  KeepingSubscriptions(
      @Nullable PushServices services, PushKeys keys, PushSubscriptionStore store, Clock clock) {
    this.services = services;
    this.keys = keys;
    this.store = store;
    this.clock = clock;
  }

  /** What browsers subscribe with. */
  Future<PushKey> key(Caller caller, GetPushKey get) {
    served();
    return keys.pair().map(pair -> new PushKey(pair.publicKey()));
  }

  private PushServices served() {
    if (services == null) {
      throw Refusal.of(ErrorCode.NOT_FOUND, "Web Push is off");
    }
    return services;
  }

  Future<Done> put(Caller caller, PutPushSubscription put) {
    URI endpoint =
        served()
            .find(put.endpoint())
            .orElseThrow(
                () ->
                    Refusal.badRequest(
                        "endpoint", "endpoint is not a URL of a push service that is served"));
    requireKey("keys.p256dh", isPublicKey(put.p256dh()));
    requireKey("keys.auth", isAuth(put.auth()));
    return store
        .put(
            caller.tenant(),
            caller.user(),
            put.device(),
            new PushSubscription(put.endpoint(), put.p256dh(), put.auth()),
            served().serving(endpoint),
            clock.instant(),
            MOST_OF_A_USER)
        .map(Done.DONE);
  }

  Future<Done> delete(Caller caller, DeletePushSubscription delete) {
    return store.delete(caller.tenant(), caller.user(), delete.device()).map(Done.DONE);
  }

  private static void requireKey(String field, boolean right) {
    if (!right) {
      throw Refusal.badRequest(field, field + " is not such a key in base64url");
    }
  }

  private static boolean isPublicKey(String base64url) {
    try {
      BrowserKeys.load(base64url);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean isAuth(String base64url) {
    try {
      return Base64.getUrlDecoder().decode(base64url).length == AUTH_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
