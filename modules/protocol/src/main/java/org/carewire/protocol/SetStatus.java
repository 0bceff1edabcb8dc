package org.carewire.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@code presence:setStatus}.
 *
 * @param customStatus up to {@link Limits#customStatusCharacters()}; health data, so it does not
 *     print itself
 */
public record SetStatus(PresenceStatus status, @Nullable String customStatus)
    implements Command.OfUser {

  static SetStatus decode(Fields fields, Caller caller) {
    PresenceStatus status = fields.requiredParsed("status", PresenceStatus::parseSettable);
    String custom = fields.text("customStatus", fields.limits().customStatusCharacters());
    return new SetStatus(status, custom == null || custom.isBlank() ? null : custom);
  }

  @Override
  public String toString() {
    return "SetStatus[" + status + "]";
  }
}
