package org.carewire.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A message that was sent, and what became of it. */
final class Sending {
  private final int step;
  private final ModelConnection by;
  private final ModelMessage message;
  private volatile @Nullable JsonNode reply;

  Sending(int step, ModelConnection by, ModelMessage message) {
    this.step = step;
    this.by = by;
    this.message = message;
  }

  void answered(JsonNode answer) {
    reply = answer;
  }

  int step() {
    return step;
  }

  ModelConnection by() {
    return by;
  }

  ModelMessage message() {
    return message;
  }

  boolean isAnswered() {
    return reply != null;
  }

  /** Whether the server has asked to be asked again. */
  boolean isToBeRepeated() {
    JsonNode answer = reply;
    return answer != null && answer.path("retryable").asBoolean();
  }

  /** After that time. */
  Duration retryAfter() {
    JsonNode answer = reply;
    return Duration.ofMillis(answer == null ? 0 : answer.path("retryAfterMs").asLong());
  }

  boolean isAcknowledged() {
    JsonNode answer = reply;
    return answer != null && answer.path("success").asBoolean();
  }

  boolean isDuplicate() {
    JsonNode answer = reply;
    return answer != null && answer.path("duplicate").asBoolean();
  }

  /** Whether the server took it for another message of the same id. */
  boolean isConflict() {
    JsonNode answer = reply;
    return answer != null && answer.path("code").asText().equals("CONFLICT");
  }

  /** The message as the reply had it. */
  JsonNode stored() {
    JsonNode answer = reply;
    if (answer == null) {
      throw new IllegalStateException("There is no reply");
    }
    return answer.path("message");
  }

  @Override
  public String toString() {
    return "step " + step + ", " + by + ", " + message;
  }
}
