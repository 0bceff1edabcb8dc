package org.carewire.platform;

import java.time.Instant;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/**
 * A row of the audit log.
 *
 * @param tenant absent where nobody was authenticated
 * @param actor who did it; absent where nobody was authenticated
 * @param subject what it was done to: a room's id, an address; never health data
 * @param concerns the user whom it is about, if that is another than the actor
 */
public record AuditEvent(
    Instant at,
    Action action,
    @Nullable TenantId tenant,
    @Nullable UserId actor,
    String subject,
    @Nullable UserId concerns) {

  /** What was done. */
  public enum Action {
    AUTHENTICATION_FAILED("authentication.failed"),
    ADMIN_ENTERED_ROOM("room.enteredByAdmin"),
    ACCESS_GRANTED("access.granted"),
    ACCESS_REMOVED("access.removed");

    private final String wireName;

    Action(String wireName) {
      this.wireName = wireName;
    }

    public String wireName() {
      return wireName;
    }
  }
}
