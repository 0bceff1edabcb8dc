package org.carewire.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A visit as the platform keeps it here.
 *
 * @param participants who takes part beside patient and provider
 */
public record Visit(
    VisitId visitId,
    UserId patientId,
    UserId providerId,
    List<Member> participants,
    VisitStatus status,
    @Nullable Instant scheduledAt) {

  /** A user with its role in the visit. */
  public record Member(UserId userId, Role role) {}
}
