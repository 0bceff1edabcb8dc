package org.carewire.chat;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.platform.Outage;
import org.carewire.protocol.Caller;
import org.carewire.protocol.DisconnectUser;
import org.carewire.protocol.Done;
import org.carewire.protocol.ReadRevocations;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RevocationList;
import org.carewire.rooms.RevocationStore;

/** {@code POST /users/{userId}/disconnect}, and what the gateways ask about it. */
final class RevokingTokens {
  /** Shorter than the asker waits, so that it is told rather than left without an answer. */
  private static final long READ_SECONDS = 3;

  private final RevocationStore revocations;
  private final Deliveries deliveries;

  RevokingTokens(RevocationStore revocations, Deliveries deliveries) {
    this.revocations = revocations;
    this.deliveries = deliveries;
  }

  /** Once that is committed, gateways are told; those that are not ask within a second. */
  Future<Done> disconnect(Caller caller, DisconnectUser command) {
    PlatformOnly.require(caller);
    return revocations
        .revoke(caller, command)
        .map(
            done -> {
              deliveries.send(
                  new Delivery.UserRevoked(done.tenant(), done.user(), done.revokedAt()));
              return Done.DONE;
            });
  }

  /** They ask every second, so an outage is theirs to report, once. */
  Future<RevocationList> read(Caller caller, ReadRevocations command) {
    return revocations
        .since(command.since())
        .timeout(READ_SECONDS, TimeUnit.SECONDS)
        .recover(
            failure ->
                Future.failedFuture(
                    Outage.is(failure)
                        ? Refusal.unavailable("The revocations cannot be read now")
                        : failure));
  }
}
