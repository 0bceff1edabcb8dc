package org.carewire.signaling;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.carewire.protocol.CallEndReason;
import org.carewire.protocol.CallStatus;
import org.carewire.protocol.QualitySummary;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** How far a call has come. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
  @JsonSubTypes.Type(CallState.Ringing.class),
  @JsonSubTypes.Type(CallState.Active.class),
  @JsonSubTypes.Type(CallState.Over.class)
})
sealed interface CallState {

  /** The caller waits for somebody to answer. */
  record Ringing() implements CallState {}

  /**
   * Somebody has answered.
   *
   * @param signalled whether two who are in have sent each other anything
   */
  record Active(Instant acceptedAt, boolean signalled) implements CallState {}

  /**
   * Nothing changes it any more.
   *
   * @param status one of the final ones
   * @param acceptedAt absent where nobody answered
   */
  record Over(
      CallStatus status,
      CallEndReason reason,
      @Nullable UserId endedBy,
      @Nullable Instant acceptedAt,
      Instant endedAt,
      List<QualitySummary> quality)
      implements CallState {

    Over with(List<QualitySummary> summed) {
      return new Over(status, reason, endedBy, acceptedAt, endedAt, summed);
    }

    /** Seconds since it was accepted. */
    long duration() {
      return acceptedAt == null ? 0 : Duration.between(acceptedAt, endedAt).toSeconds();
    }
  }
}
