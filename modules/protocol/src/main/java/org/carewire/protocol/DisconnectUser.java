package org.carewire.protocol;

/**
 * {@code POST /users/{userId}/disconnect}: no token that was issued to the user until now is good
 * any longer.
 */
public record DisconnectUser(UserId user, String reason) implements Command {

  public static DisconnectUser decode(UserId user, Fields fields) {
    String reason = fields.requiredText("reason", fields.limits().reasonCharacters());
    if (reason.isBlank()) {
      throw Refusal.badRequest("reason", "reason is required");
    }
    return new DisconnectUser(user, reason);
  }

  /** People write there what they know of a patient. */
  @Override
  public String toString() {
    return "DisconnectUser[" + user + "]";
  }
}
