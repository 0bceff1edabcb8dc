package org.carewire.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Signaling's word that a call is over without some of those who were called having answered. It
 * may come again.
 *
 * @param users who are to be notified
 */
public record NotifyMissedCall(
    CallId callId,
    UserId callerId,
    @Nullable VisitId visitId,
    CallType callType,
    List<UserId> users)
    implements Command {}
