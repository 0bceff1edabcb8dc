package org.carewire.protocol;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that is answered with an error. Its text is for people and goes to the client, so it
 * never repeats what the client sent.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** How long a client should wait before it tries again where nothing better is known. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final ErrorCode code;
  private final @Nullable String field;
  private final @Nullable Duration retryAfter;

  public Refusal(
      ErrorCode code, String text, @Nullable String field, @Nullable Duration retryAfter) {
    super(text, null, false, false);
    this.code = code;
    this.field = field;
    this.retryAfter = retryAfter;
  }

  public static Refusal badRequest(String text) {
    return new Refusal(ErrorCode.BAD_REQUEST, text, null, null);
  }

  public static Refusal badRequest(String field, String text) {
    return new Refusal(ErrorCode.BAD_REQUEST, text, field, null);
  }

  public static Refusal tooLarge(String field, String text) {
    return new Refusal(ErrorCode.TOO_LARGE, text, field, null);
  }

  public static Refusal of(ErrorCode code, String text) {
    return new Refusal(code, text, null, null);
  }

  public static Refusal rateLimited(Duration retryAfter) {
    return new Refusal(ErrorCode.RATE_LIMITED, "Too many requests", null, retryAfter);
  }

  public static Refusal unavailable(String text) {
    return new Refusal(ErrorCode.UNAVAILABLE, text, null, RETRY_AFTER);
  }

  /** The same refusal, saying which field of the request it is about. */
  public Refusal at(String name) {
    return new Refusal(code, text(), name, retryAfter);
  }

  public ErrorCode code() {
    return code;
  }

  /** For people, in English. */
  public String text() {
    return String.valueOf(getMessage());
  }

  public Optional<String> field() {
    return Optional.ofNullable(field);
  }

  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
