package org.carewire.server;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.carewire.testkit.Tokens;

/** Somebody with tokens, which may be revoked. */
final class ModelUser {
  /** Tokens are revoked by the second, so those of the same one are too old. */
  private static final Duration UNTIL_VALID_AGAIN = Duration.ofSeconds(2);

  record Token(String text, Instant issuedAt, Instant expiresAt) {}

  /** When the server was told to, and when it had. */
  record Revocation(Instant asked, Instant answered) {
    boolean isOf(Token token) {
      return token.issuedAt().isBefore(asked.truncatedTo(ChronoUnit.SECONDS));
    }
  }

  private final String id;
  private final String role;
  private final String tenant;
  private final List<Revocation> revocations = new CopyOnWriteArrayList<>();
  private volatile Instant earliestToken = Instant.EPOCH;

  ModelUser(String id, String role, String tenant) {
    this.id = id;
    this.role = role;
    this.tenant = tenant;
  }

  String id() {
    return id;
  }

  String tenant() {
    return tenant;
  }

  boolean isAdmin() {
    return role.equals("admin");
  }

  Token token(Duration life) {
    Instant now = Instant.now();
    Instant issued = now.isAfter(earliestToken) ? now : earliestToken;
    Instant issuedAt = issued.truncatedTo(ChronoUnit.SECONDS);
    Instant expiresAt = now.plus(life).truncatedTo(ChronoUnit.SECONDS);
    String text =
        Tokens.of(id)
            .role(role)
            .tenant(tenant)
            .issuedAt(issuedAt)
            .claim("exp", expiresAt.getEpochSecond())
            .sign();
    return new Token(text, issuedAt, expiresAt);
  }

  /** Has the server revoke the tokens that there are. */
  void revoke(Runnable call) {
    Instant asked = Instant.now();
    earliestToken = asked.plus(UNTIL_VALID_AGAIN);
    call.run();
    Instant answered = Instant.now();
    earliestToken = answered.plus(UNTIL_VALID_AGAIN);
    revocations.add(new Revocation(asked, answered));
  }

  List<Revocation> revocations() {
    return revocations;
  }

  @Override
  public String toString() {
    return id;
  }
}
