package org.carewire.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@code call:reject}: the user does not want to answer.
 *
 * @param reason in the user's words; health data, so it does not print itself
 */
public record RejectCall(CallId callId, @Nullable String reason) implements Command.OfCall {

  static RejectCall decode(Fields fields, Caller caller) {
    return new RejectCall(
        fields.requiredParsed("callId", CallId::new),
        fields.text("reason", fields.limits().reasonCharacters()));
  }

  @Override
  public String toString() {
    return "RejectCall[" + callId + "]";
  }
}
