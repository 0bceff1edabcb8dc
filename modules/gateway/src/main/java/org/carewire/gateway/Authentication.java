package org.carewire.gateway;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import org.carewire.platform.AuditEvent;
import org.carewire.platform.AuditQueue;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** Who is there, and the record of those who failed to show it. */
final class Authentication {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final TokenVerifier tokens;
  private final Revocations revocations;
  private final SharedLimits shared;
  private final AuditQueue audit;
  private final Clock clock;

  Authentication(
      TokenVerifier tokens,
      Revocations revocations,
      SharedLimits shared,
      AuditQueue audit,
      Clock clock) {
    this.tokens = tokens;
    this.revocations = revocations;
    this.shared = shared;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Verifies a token.
   *
   * @return fails with {@code UNAUTHENTICATED}, {@code RATE_LIMITED} where the address has failed
   *     too often, or {@code UNAVAILABLE} where nobody can tell
   */
  Future<Principal> verify(@Nullable String token, ClientAddress address) {
    return tokens
        .verify(token)
        .map(this::notRevoked)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof Refusal refusal
                            && refusal.code() == ErrorCode.UNAUTHENTICATED
                        ? failed(address, refusal)
                        : failure));
  }

  private Principal notRevoked(Principal principal) {
    if (revocations.isRevoked(principal)) {
      throw Refusal.of(ErrorCode.UNAUTHENTICATED, TokenVerifier.INVALID);
    }
    return principal;
  }

  /** Records that somebody could not show who it is; answers what to tell. */
  Refusal failed(ClientAddress address, Refusal refusal) {
    if (shared.isTooManyFailures(address)) {
      return Refusal.rateLimited(RETRY_AFTER);
    }
    audit.add(
        new AuditEvent(
            clock.instant(),
            AuditEvent.Action.AUTHENTICATION_FAILED,
            null,
            null,
            address.text() + ": " + refusal.text(),
            null));
    return refusal;
  }
}
