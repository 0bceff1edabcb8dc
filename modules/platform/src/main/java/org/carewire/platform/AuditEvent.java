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
 * @param reason as somebody has written it, which may be health data
 */
public record AuditEvent(
    Instant at,
    Action action,
    @Nullable TenantId tenant,
    @Nullable UserId actor,
    String subject,
    @Nullable UserId concerns,
    @Nullable String reason) {

  /** An event that nobody has given a reason for. */
  public AuditEvent(
      Instant at,
      Action action,
      @Nullable TenantId tenant,
      @Nullable UserId actor,
      String subject,
      @Nullable UserId concerns) {
    this(at, action, tenant, actor, subject, concerns, null);
  }

  @Override
  public String toString() {
    return "AuditEvent[" + action + "]";
  }

  /** What was done. */
  public enum Action {
    AUTHENTICATION_FAILED("authentication.failed"),
    ADMIN_ENTERED_ROOM("room.enteredByAdmin"),
    ACCESS_GRANTED("access.granted"),
    ACCESS_REMOVED("access.removed"),
    USER_DISCONNECTED("user.disconnected"),
    NEW_EPOCH("history.newEpoch");

    private final String wireName;

    Action(String wireName) {
      this.wireName = wireName;
    }

    public String wireName() {
      return wireName;
    }
  }
}
