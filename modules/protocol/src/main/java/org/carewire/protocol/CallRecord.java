package org.carewire.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a call afterwards, and while it goes on.
 *
 * @param startedAt when it was initiated
 * @param acceptedAt absent where nobody answered
 * @param endedAt absent while it goes on, as are {@code reason} and {@code duration}
 * @param endedBy absent where no user did
 * @param duration seconds since it was accepted, 0 where it was not
 * @param quality by participant, of those who reported any; absent while it goes on
 */
public record CallRecord(
    CallId callId,
    CallType callType,
    CallStatus status,
    UserId callerId,
    @Nullable VisitId visitId,
    @Nullable RoomId roomId,
    List<CallParticipant> participants,
    Instant startedAt,
    @Nullable Instant acceptedAt,
    @Nullable Instant endedAt,
    @Nullable UserId endedBy,
    @Nullable CallEndReason reason,
    @Nullable Long duration,
    @Nullable List<QualitySummary> quality) {}
