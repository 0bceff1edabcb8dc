package org.carewire.protocol;

/** Why a request was refused, as clients see it in {@code code}. */
public enum ErrorCode {
  /** A field is missing, of the wrong type, of an unknown value or beyond its limit. */
  BAD_REQUEST(400, false),
  /** A text, list or object far beyond its limit. */
  TOO_LARGE(413, false),
  UNKNOWN_EVENT(404, false),
  UNAUTHENTICATED(401, false),
  /** No access, or no such thing: the answer is the same. */
  ACCESS_DENIED(403, false),
  /** Told only to those who may know: admins, and owners of what is not there. */
  NOT_FOUND(404, false),
  /** The same id with other content. */
  CONFLICT(409, false),
  WRONG_STATE(409, false),
  RATE_LIMITED(429, true),
  /** A part is down or a queue is full. */
  UNAVAILABLE(503, true),
  /** A fault of ours, logged. */
  INTERNAL(500, false);

  private final int httpStatus;
  private final boolean retryable;

  ErrorCode(int httpStatus, boolean retryable) {
    this.httpStatus = httpStatus;
    this.retryable = retryable;
  }

  public int httpStatus() {
    return httpStatus;
  }

  /** Whether the same request may succeed later. */
  public boolean retryable() {
    return retryable;
  }
}
