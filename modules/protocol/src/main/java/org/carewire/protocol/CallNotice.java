package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The data of what participants of a call are told, but for signals. */
public sealed interface CallNotice {

  /** The event that it is the data of. */
  default ServerEvent event() {
    return switch (this) {
      case Incoming _ -> ServerEvent.CALL_INCOMING;
      case Ringing _ -> ServerEvent.CALL_RINGING;
      case Accepted _ -> ServerEvent.CALL_ACCEPTED;
      case AnsweredElsewhere _ -> ServerEvent.CALL_ANSWERED_ELSEWHERE;
      case Rejected _ -> ServerEvent.CALL_REJECTED;
      case Busy _ -> ServerEvent.CALL_BUSY;
      case Missed _ -> ServerEvent.CALL_MISSED;
      case ParticipantJoined _ -> ServerEvent.CALL_PARTICIPANT_JOINED;
      case ParticipantLeft _ -> ServerEvent.CALL_PARTICIPANT_LEFT;
      case Media _ -> ServerEvent.CALL_MEDIA;
      case Ended _ -> ServerEvent.CALL_ENDED;
      case Quality _ -> ServerEvent.CALL_QUALITY_ISSUE;
      case Advice _ -> ServerEvent.CALL_QUALITY_ADVICE;
    };
  }

  /**
   * To each session of who is called.
   *
   * @param metadata as the caller gave it; health data, so it does not print itself
   */
  record Incoming(
      CallId callId,
      UserId callerId,
      Role callerRole,
      @Nullable VisitId visitId,
      CallType callType,
      List<CallParticipant> participants,
      Instant timestamp,
      Instant expiresAt,
      @Nullable RawJson metadata)
      implements CallNotice {
    @Override
    public String toString() {
      return "Incoming[" + callId + "]";
    }
  }

  /** To the caller, for each who is rung. */
  record Ringing(CallId callId, UserId userId) implements CallNotice {}

  /** To the caller's session. */
  record Accepted(CallId callId, UserId recipientId, Instant timestamp) implements CallNotice {}

  /**
   * To the other sessions of who has accepted or rejected.
   *
   * @param socketId of the session that did
   */
  record AnsweredElsewhere(CallId callId, SocketId socketId) implements CallNotice {}

  /**
   * To the caller's session.
   *
   * @param reason in the words of who rejected; health data, so it does not print itself
   */
  record Rejected(CallId callId, UserId recipientId, @Nullable String reason, Instant timestamp)
      implements CallNotice {
    @Override
    public String toString() {
      return "Rejected[" + callId + "]";
    }
  }

  /** To the caller's session: the recipient is in another call. */
  record Busy(CallId callId, UserId recipientId) implements CallNotice {}

  /** To the caller and who has not answered. */
  record Missed(CallId callId, UserId callerId, UserId recipientId, Instant timestamp)
      implements CallNotice {}

  /** To the others who are in; also when somebody is back with another session. */
  record ParticipantJoined(CallId callId, UserId userId) implements CallNotice {}

  /** To the others who are in. */
  record ParticipantLeft(CallId callId, UserId userId, CallEndReason reason)
      implements CallNotice {}

  /** To the others who are in: what somebody sends now. */
  record Media(CallId callId, UserId userId, boolean audio, boolean video, boolean screen)
      implements CallNotice {}

  /**
   * To all sessions of all who were in or were rung.
   *
   * @param endedBy null where no user did
   * @param duration seconds since it was accepted
   */
  record Ended(
      CallId callId,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable UserId endedBy,
      CallEndReason reason,
      long duration,
      Instant timestamp)
      implements CallNotice {}

  /** To the others who are in: somebody receives them badly. */
  record Quality(CallId callId, UserId userId, QualityIssue issue, CallMetrics metrics)
      implements CallNotice {}

  /** To who has reported: what to send at most. */
  record Advice(CallId callId, int maxBitrate, int maxHeight, boolean video)
      implements CallNotice {}
}
