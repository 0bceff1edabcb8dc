package org.carewire.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** What requests are answered with: {@code {success:true, …}} or an error. */
final class Replies {
  private static final byte[] SUCCESS = "{\"success\":true".getBytes(StandardCharsets.UTF_8);

  private record Failure(
      boolean success,
      String error,
      ErrorCode code,
      boolean retryable,
      @Nullable Long retryAfterMs,
      @Nullable String field) {}

  private Replies() {}

  /**
   * The reply of a request that succeeded.
   *
   * @param body a record, whose fields follow {@code success}
   */
  static RawJson success(Object body) {
    byte[] json = Json.write(body);
    boolean isEmpty = json.length == 2;
    var reply = new ByteArrayOutputStream(SUCCESS.length + json.length);
    reply.writeBytes(SUCCESS);
    if (!isEmpty) {
      reply.write(',');
    }
    reply.write(json, 1, json.length - 1);
    return RawJson.of(reply.toByteArray());
  }

  static RawJson failure(Refusal refusal) {
    return Json.raw(
        new Failure(
            false,
            refusal.text(),
            refusal.code(),
            refusal.code().retryable(),
            refusal.retryAfter().map(Duration::toMillis).orElse(null),
            refusal.field().orElse(null)));
  }
}
