package org.carewire.platform;

import java.time.Duration;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** A {@link Refusal} on its way over the bus. */
record RefusalBody(
    ErrorCode code, String text, @Nullable String field, @Nullable Long retryAfterMs) {

  static RefusalBody of(Refusal refusal) {
    return new RefusalBody(
        refusal.code(),
        refusal.text(),
        refusal.field().orElse(null),
        refusal.retryAfter().map(Duration::toMillis).orElse(null));
  }

  Refusal toRefusal() {
    return new Refusal(
        code, text, field, retryAfterMs == null ? null : Duration.ofMillis(retryAfterMs));
  }
}
