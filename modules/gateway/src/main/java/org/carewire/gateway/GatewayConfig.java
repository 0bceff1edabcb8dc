package org.carewire.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.carewire.protocol.Role;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/**
 * How clients come in.
 *
 * @param drainTime over which the sessions of a node that stops are sent away
 * @param accounts who may log in by password, in the demo mode; else nobody
 */
public record GatewayConfig(
    Http http, Tokens tokens, Sessions sessions, Duration drainTime, List<Account> accounts) {

  /**
   * The port for clients.
   *
   * @param port 0 for any free one
   * @param origins from which browsers may come beside the server's own, as {@code
   *     https://app.example.com}
   * @param forwardedHeaders whether a proxy in front says where a client comes from, in {@code
   *     X-Forwarded-For}
   * @param requestTimeout a request that has not arrived whole by then ends its connection
   */
  public record Http(
      String host,
      int port,
      List<String> origins,
      boolean forwardedHeaders,
      Duration requestTimeout) {}

  /**
   * Which tokens are believed.
   *
   * @param secret of HS256; absent: such tokens are not believed
   * @param jwks of the scheme {@code file}, {@code http} or {@code https}; absent: only tokens of
   *     the secret are believed
   * @param algorithms that are believed with the keys of the JWKS
   * @param issuer what {@code iss} must say; absent: anything
   * @param audience what {@code aud} must hold; absent: anything
   */
  public record Tokens(
      @Nullable String secret,
      @Nullable URI jwks,
      Set<Algorithm> algorithms,
      @Nullable String issuer,
      @Nullable String audience,
      Duration leeway) {
    /** Bytes of a secret that is long enough for HS256. */
    public static final int MIN_SECRET_BYTES = 32;

    @Override
    public String toString() {
      return "Tokens[" + issuer + ", " + audience + "]";
    }
  }

  /** How the key of a JWKS signs; the names are those of RFC 7518. */
  public enum Algorithm {
    RS256,
    ES256
  }

  /**
   * The times of a session.
   *
   * @param helloTimeout a session that has not said hello is closed
   * @param pingInterval between the server's pings
   * @param silenceTimeout a peer that has sent nothing, not even a pong, is gone
   * @param stallTimeout a peer that has read nothing of what waits for it is closed
   */
  public record Sessions(
      Duration helloTimeout,
      Duration pingInterval,
      Duration silenceTimeout,
      Duration stallTimeout) {}

  /** Somebody who may log in by password. */
  public record Account(String email, String password, UserId user, Role role) {
    @Override
    public String toString() {
      return "Account[" + user + "]";
    }
  }
}
